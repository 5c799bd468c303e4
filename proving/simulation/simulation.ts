import { dropAll, startChaos } from './chaos.ts';
import { fillAttic, startHoarding } from './hoard.ts';
import { recordScan } from './history/record-writes.ts';
import type { Line } from './history/history.ts';
import type { FaultKind } from './faults.ts';
import { withoutRealTimeAndRandomness } from './kernel/guards.ts';
import type { Plan } from './plan.ts';
import { conversationId } from './stage.ts';
import { startWorkload, tabActs, upstreamActs } from './workload.ts';
import { World, type Bug } from './world.ts';

/** What a run leaves behind: all that it was, and all that happened. */
export interface Run {
  readonly seed: number;
  readonly plan: Plan;
  readonly history: readonly Line[];
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly use: Use;
}

/** What it cost. */
export interface Use {
  readonly steps: number;
  readonly posts: number;
  readonly delivered: number;
  readonly peakPosts: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** Upstream events may still be tried for so long after the workload has ended. */
const longestUpstream = 5 * 60_000;
/** After this, everyone who was cut off must have everything (L1). */
export const reconnectMilliseconds = 30_000;
/** After this, everyone must have everything by heartbeats alone: a ping, its deadline, the longest delay, a catch-up. */
export const healMilliseconds = 120_000;
/** After this, everyone has sent a ping, also who subscribes to nothing. */
const longestPing = 330_000;
const calmMilliseconds = 20_000;
/** A connection younger than this is not deleted for a 410. */
const openingMilliseconds = 12_000;

/**
 * One seed, one history. Runs at once, and must be called outside of a microtask (`outsideMicrotasks`).
 *
 * A workload under faults; then faults off, and time to heal; then a calm in which everything must be prompt; then two
 * events for every conversation, so that what is dead is met; then a look at everything that is stored.
 */
export function simulate(seed: number, bug?: Bug): Run {
  return withoutRealTimeAndRandomness(() => {
    const world = new World(seed, bug);
    play(world);
    return {
      seed,
      plan: world.plan,
      history: world.history.lines,
      faults: world.faults.fired,
      use: {
        steps: world.scheduler.steps,
        posts: world.posts.sent,
        delivered: world.posts.delivered,
        peakPosts: world.posts.peak,
        readUnits: world.table.units.read,
        writeUnits: world.table.units.write,
      },
    };
  });
}

function play(world: World): void {
  const { scheduler, plan, history, faults } = world;
  world.begin();
  const until = scheduler.now + plan.milliseconds;
  if (plan.kind === 'calm') history.add({ type: 'ok', f: 'faultsOff', kind: 'calm' });
  startWorkload(world, until);
  startChaos(world);
  scheduler.runUntil(until);
  faults.off();
  for (const seat of world.seats) if (seat.user !== seat.tab.user) seat.reload();
  world.fleet.replaceAll();
  settleUpstream(world);
  if (plan.hoards) fillAttic(world);
  if (plan.ending === 'reconnect') dropAll(world);
  history.add({ type: 'ok', f: 'faultsOff', kind: 'drain' });
  pass(world, plan.ending === 'reconnect' ? reconnectMilliseconds : healMilliseconds);
  history.add({ type: 'ok', f: 'faultsOff', kind: 'healed' });
  for (const { tab } of world.seats) world.tellState(tab);
  if (plan.ending === 'heal') pass(world, longestPing - healMilliseconds);
  history.add({ type: 'ok', f: 'faultsOff', kind: 'calm' });
  if (plan.hoards) startHoarding(world);
  calm(world);
  meetTheDead(world);
  history.add({ type: 'ok', f: 'end' });
  recordScan(world.table.items.all(), history, scheduler.now / 1000);
  for (const line of world.gateway.openLines)
    history.add({ type: 'ok', f: 'scanRow', conn: line.id, kind: 'socket' });
  leave(world);
}

function pass({ scheduler }: World, milliseconds: number): void {
  scheduler.runUntil(scheduler.now + milliseconds);
}

/** Until every event is stored or in the failure queue, and that is redriven. */
function settleUpstream(world: World): void {
  const { upstream, scheduler } = world;
  const deadline = scheduler.now + longestUpstream;
  while (upstream.underWay > 0 && scheduler.now < deadline) pass(world, 1000);
  void upstream.redrive();
  // A token that does not come, too, is given up by then, mostly.
  pass(world, 15_000);
}

/** People go on for a while, and nothing goes wrong. */
function calm(world: World): void {
  const { scheduler, hotels, seats } = world;
  const dice = world.random.stream('calm');
  const until = scheduler.now + calmMilliseconds;
  while (scheduler.now < until) {
    tabActs(world, dice, dice.pick(seats).tab);
    if (dice.chance(0.3)) upstreamActs(world, dice, dice.pick(hotels));
    pass(world, dice.between(50, 1200));
  }
  pass(world, 3000);
}

/** Sockets whose client has gone are gone for the gateway too; then every conversation is told of twice. */
function meetTheDead(world: World): void {
  const { gateway, hotels, plan } = world;
  const alive = new Set(world.seats.flatMap(({ tab }) => tab.sockets.open.map(({ line }) => line.id)));
  for (const line of gateway.openLines) if (!alive.has(line.id)) line.ended(1006);
  pass(world, openingMilliseconds);
  for (let round = 0; round < 2; round++) {
    for (const hotelId of hotels) {
      for (let number = 1; number <= plan.conversations; number++) {
        const message = { id: `last-${round}`, text: `text ${world.number()} of the last round` };
        const conversation = conversationId(number);
        world.upstream.notify({ type: 'message.received', hotelId, conversationId: conversation, message });
      }
    }
    pass(world, 5000);
  }
}

/** Every client is closed, and says what it has left behind. */
function leave(world: World): void {
  const { history } = world;
  for (const { tab } of world.seats) {
    if (tab.pending > 0) {
      history.add({
        type: 'ok',
        f: 'unforeseen',
        client: tab.name,
        err: `${tab.pending} operations never ended`,
      });
    }
    tab.unload();
    if (tab.timers > 0) {
      history.add({
        type: 'ok',
        f: 'unforeseen',
        client: tab.name,
        err: `${tab.timers} timers are left after close()`,
      });
    }
  }
  pass(world, 1000);
}
