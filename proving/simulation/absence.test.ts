import { expect, it } from 'vitest';
import { check } from './checker/checker.ts';
import { withoutRealTimeAndRandomness } from './kernel/guards.ts';
import { outsideMicrotasks } from './kernel/microtasks.ts';
import type { Plan } from './plan.ts';
import { conversationId } from './stage.ts';
import { World } from './world.ts';

const dayMilliseconds = 24 * 3_600_000;
const missed = 10_000;

/** One hotel, one department, one conversation, one member of staff, and nothing goes wrong but their absence. */
const alone = (plan: Plan): Plan => ({
  ...plan,
  hotels: 1,
  departments: 1,
  users: 1,
  tabs: 1,
  conversations: 1,
  faultShare: 0,
  malformedRow: false,
  quickRotation: false,
});

it('shows ten thousand messages that were missed in a day of absence, each once and in order', async () => {
  const { displayed, violations } = await outsideMicrotasks(() => withoutRealTimeAndRandomness(absence));
  expect(displayed).toEqual(Array.from({ length: missed + 1 }, (_, index) => index + 1));
  expect(violations).toEqual([]);
}, 120_000);

function absence() {
  const world = new World(1, { plan: alone });
  const { scheduler, history, upstream } = world;
  const pass = (milliseconds: number): void => scheduler.runUntil(scheduler.now + milliseconds);
  const base = { hotelId: 'hotel-1', conversationId: conversationId(1) };
  const receive = (number: number): void =>
    upstream.notify({
      ...base,
      type: 'message.received',
      message: { id: `w${number}`, text: `text ${number}` },
    });

  world.begin();
  const [seat] = world.seats;
  if (seat === undefined) throw new Error('nobody sits there');
  const [department = ''] = world.departments;
  seat.tab.user.departments = [department];
  upstream.notify({
    type: 'conversation.created',
    hotelId: base.hotelId,
    conversation: { id: base.conversationId, department, guest: { id: 'guest-1' } },
  });
  pass(5000);
  seat.tab.client.wake();
  receive(0);
  pass(5000);
  seat.reload();
  seat.tab.view(base.conversationId, 0);
  pass(5000);
  seat.tab.sockets.goOffline();
  for (let number = 1; number <= missed; number++) {
    receive(number);
    pass(dayMilliseconds / missed);
  }
  seat.tab.sockets.goOnline();
  pass(90_000);
  history.add({ type: 'ok', f: 'end' });
  const displayed = history.lines.filter(({ f }) => f === 'display').map(({ seq }) => seq);
  const violations = check(history.lines).filter(({ invariant }) => invariant === 'S3' || invariant === 'S5');
  return { displayed, violations };
}
