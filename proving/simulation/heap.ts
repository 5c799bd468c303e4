import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { withoutRealTimeAndRandomness } from './kernel/guards.ts';
import { outsideMicrotasks } from './kernel/microtasks.ts';
import type { Plan } from './plan.ts';
import { conversationId } from './stage.ts';
import { World } from './world.ts';

/** Bytes of heap after each quarter of a long run. */
export interface HeapGrowth {
  readonly messages: number;
  readonly quarters: readonly number[];
}

const batch = 500;
const millisecondsBetween = 40;

/** Two people who look at one conversation for a long time, and nothing goes wrong. */
const steady = (plan: Plan): Plan => ({
  ...plan,
  kind: 'calm',
  hotels: 1,
  departments: 1,
  users: 1,
  tabs: 2,
  conversations: 1,
  faultShare: 0,
  malformedRow: false,
  quickRotation: false,
});

/**
 * Sends so many messages through functions, gateway and SDK, and forgets what is not theirs: the history, and what is
 * in the table. What is left on the heap is what they keep.
 */
export async function measureHeap(messages: number, progress: (done: number) => void): Promise<HeapGrowth> {
  const collect = garbageCollector();
  const world = new World(1, { plan: steady });
  const quarters: number[] = [];
  await inWorld(() => begin(world));
  for (let done = 0; done < messages; done += batch) {
    await inWorld(() => talk(world, done));
    if ((done + batch) % (messages / 4) < batch) {
      collect();
      quarters.push(process.memoryUsage().heapUsed);
    }
    progress(done + batch);
  }
  return { messages, quarters };
}

function inWorld(task: () => void): Promise<void> {
  return outsideMicrotasks(() => withoutRealTimeAndRandomness(task));
}

function begin(world: World): void {
  world.begin();
  const [department = ''] = world.departments;
  for (const { tab } of world.seats) tab.user.departments = [department];
  world.upstream.notify({
    type: 'conversation.created',
    hotelId: 'hotel-1',
    conversation: { id: conversationId(1), department, guest: { id: 'guest-1' } },
  });
  world.scheduler.runUntil(world.scheduler.now + 10_000);
  for (const seat of world.seats) {
    seat.reload();
    seat.tab.view(conversationId(1), 0);
  }
  world.scheduler.runUntil(world.scheduler.now + 10_000);
}

function talk(world: World, from: number): void {
  const { scheduler, seats, upstream, table, history } = world;
  for (let number = from; number < from + batch; number++) {
    const text = `text ${number}`;
    if (number % 2 === 0) seats[number % 4 === 0 ? 0 : seats.length - 1]?.tab.send(conversationId(1), text);
    else {
      upstream.notify({
        type: 'message.received',
        hotelId: 'hotel-1',
        conversationId: conversationId(1),
        message: { id: `w${number}`, text },
      });
    }
    scheduler.runUntil(scheduler.now + millisecondsBetween);
  }
  scheduler.runUntil(scheduler.now + 5000);
  history.lines.length = 0;
  for (const item of Array.from(table.items.all())) {
    if (item.sk.startsWith('E#') || item.sk.startsWith('R#')) table.items.delete(item);
  }
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return () => {
    if (typeof collect === 'function') Reflect.apply(collect, undefined, []);
  };
}
