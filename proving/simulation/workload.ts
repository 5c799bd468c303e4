import type { Tab } from './clients/tab.ts';
import type { User } from './clients/tokens.ts';
import type { Random } from './kernel/random.ts';
import { conversationId, type Stage } from './stage.ts';
import { guestMessage, underSameId, upstreamEvents } from './upstream-events.ts';
import type { World } from './world.ts';

/*
 * What people do: each tab and each upstream does one thing after the other, at random, for as long as the run lasts.
 * Every text is another one, and begins with its number: the checker tells messages apart by their texts.
 */

/** Starts everyone; they stop at `until`. */
export function startWorkload(world: World, until: number): void {
  const { plan, random } = world;
  const dice = random.stream('workload');
  for (const hotel of world.hotels) {
    for (let number = 1; number <= plan.conversations; number++)
      createConversation(world, dice, hotel, number);
    repeat(world, dice, until, () => upstreamActs(world, dice, hotel));
  }
  if (plan.kind === 'long') linger(world);
  if (plan.crowded) openEverything(world, until);
  for (const seat of world.seats) {
    repeat(world, dice, until, () => tabActs(world, dice, seat.tab));
  }
}

/** Two that do not replace their connections in time, which the SDK would. */
function linger(world: World): void {
  const [seat] = world.seats;
  if (seat === undefined) return;
  world.prober(seat.tab.user).linger(5 * 60_000);
  world.prober(seat.tab.user).linger(undefined);
}

const reopenMilliseconds = 5000;

/** Somebody has everything open, also what has only just been created, or was left. */
function openEverything({ seats: [seat], plan, scheduler }: World, until: number): void {
  const again = (): void => {
    if (scheduler.now >= until) return;
    for (let number = 1; number <= plan.conversations; number++) seat?.tab.view(conversationId(number));
    scheduler.after(reopenMilliseconds, again);
  };
  scheduler.after(reopenMilliseconds, again);
}

function repeat(world: World, dice: Random, until: number, act: () => void): void {
  const { scheduler, plan } = world;
  const again = (): void => {
    if (scheduler.now >= until) return;
    act();
    scheduler.after(dice.next() * 2 * plan.pauseMilliseconds, again);
  };
  scheduler.after(dice.next() * 2 * Math.min(plan.pauseMilliseconds, 3000), again);
}

export function tabActs(stage: Stage, dice: Random, tab: Tab): void {
  if (dice.chance(0.02)) return look(stage, dice, tab);
  const conv = conversationId(dice.whole(1, stage.plan.conversations));
  const choice = dice.next();
  if (choice < 0.42) tab.send(conv, stage.text(dice));
  else if (choice < 0.48) for (let burst = 0; burst < 4; burst++) tab.send(conv, stage.text(dice));
  else if (choice < 0.7) tab.view(conv, dice.chance(0.3) ? 0 : undefined);
  else if (choice < 0.78) tab.leave(conv);
  else if (choice < 0.82) tab.change(conv, 'close');
  else if (choice < 0.88) tab.change(conv, 'reopen');
  else if (choice < 0.92) tab.change(conv, { department: dice.pick(stage.departments) });
  else if (choice < 0.96) tab.read(conv, { limit: dice.whole(1, 100) });
  else if (choice < 0.98) tab.read(conv, { before: dice.whole(1, 60), limit: dice.whole(1, 100) });
  else probe(stage, dice, tab.user, conv);
}

/** A first message has been stored by then, mostly, and not yet been repeated. */
const loseAccessMilliseconds = 1500;

/** Opens or closes a list, or asks for more of one. */
function look({ departments }: Stage, dice: Random, { lists, user }: Tab): void {
  const { open } = lists;
  if (open.length > 0 && dice.chance(0.25)) return lists.more(dice.pick(open), dice.whole(1, 3));
  lists.toggle({
    department: dice.pick(user.role === 'manager' ? [...departments, null] : departments),
    status: dice.chance(0.75) ? 'open' : 'closed',
    count: dice.pick([50, 50, 1, 2]),
  });
}

function probe(stage: Stage, dice: Random, user: User, conv: string): void {
  const prober = stage.prober(user);
  const elsewhere = stage.departments.find((each) => !user.departments.includes(each));
  if (elsewhere !== undefined && user.role === 'staff' && dice.chance(0.4)) {
    prober.repeat(conv, `again-${stage.number()}`, stage.text(dice));
    const routed = { type: 'conversation.routed', hotelId: user.hotel, conversationId: conv } as const;
    const eventId = `e${stage.number()}`;
    stage.scheduler.after(loseAccessMilliseconds, () =>
      stage.upstream.notify({ ...routed, eventId, department: elsewhere }),
    );
  } else if (dice.chance(0.5)) {
    prober.conflict(conv, `probe-${stage.number()}`, [stage.text(dice), stage.text(dice)]);
  } else {
    const parts = dice.pick([
      ['*', 'open', '2026-11-23T09:30:00.000Z', conv],
      ['spa', 'closed', '2026-11-23T09:30:00.000Z', conv],
      ['*', 'closed', 'yesterday', conv],
    ]);
    prober.forgeCursor(btoa(parts.join('#')));
  }
}

export function upstreamActs(stage: Stage, dice: Random, hotel: string): void {
  const events = upstreamEvents(stage, dice, hotel);
  stage.upstream.notify(...events);
  // The same again, as a caller does that does not know what has become of it; or its id for something else.
  if (dice.chance(0.08)) stage.scheduler.after(dice.between(0, 3000), () => stage.upstream.notify(...events));
  const [event] = events;
  const other = event && dice.chance(0.1) ? underSameId(stage, dice, event) : undefined;
  if (other) stage.scheduler.after(dice.between(0, 3000), () => stage.upstream.notify(other));
}

export function createConversation(stage: Stage, dice: Random, hotel: string, number: number): void {
  const id = conversationId(number);
  stage.upstream.notify({
    type: 'conversation.created',
    hotelId: hotel,
    conversation: {
      id,
      ...(dice.chance(0.15) ? {} : { department: dice.pick(stage.departments) }),
      guest: { id: `guest-${number}`, name: 'Grace', channel: 'whatsapp', address: '+31600000000' },
    },
    ...(dice.chance(0.5) ? { message: guestMessage(stage, dice) } : {}),
  });
}
