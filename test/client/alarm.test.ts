import { describe, expect, it } from 'vitest';
import { Alarm } from '../../client/alarm.ts';
import { manualClock } from '../../local/test/support/manual-clock.ts';
import { stage } from './support/stage.ts';

/** An alarm that was set to 15 s, and how often it has fired. */
function setAlarm() {
  const clock = manualClock();
  const alarm = new Alarm(clock);
  let fired = 0;
  alarm.set(15_000, () => fired++);
  return { clock, alarm, fired: () => fired };
}

describe('an alarm', () => {
  it('fires once, at its time, and is not set any more', () => {
    const { clock, alarm, fired } = setAlarm();
    clock.advance(14_999);
    expect([fired(), alarm.isSet]).toEqual([0, true]);
    clock.advance(1);
    expect([fired(), alarm.isSet]).toEqual([1, false]);
    expect(clock.pending()).toBe(0);
  });

  it('fires at once while it is no more than a second late, as timers in the background are', () => {
    const { clock, fired } = setAlarm();
    clock.freeze(16_000);
    expect(fired()).toBe(1);
  });

  it('that is more than a second late leaves a second to what came in the meantime', () => {
    const { clock, alarm, fired } = setAlarm();
    clock.freeze(16_001);
    clock.advance(999);
    expect([fired(), alarm.isSet]).toEqual([0, true]);
    clock.advance(1);
    expect([fired(), alarm.isSet]).toEqual([1, false]);
  });

  it('leaves that second only once, however late it is again', () => {
    const { clock, fired } = setAlarm();
    clock.freeze(60_000);
    clock.freeze(60_000);
    expect(fired()).toBe(1);
  });

  it('is cleared and replaced in that second, too', () => {
    const { clock, alarm, fired } = setAlarm();
    clock.freeze(60_000);
    alarm.clear();
    expect([alarm.isSet, clock.pending()]).toEqual([false, 0]);
    alarm.set(500, () => {});
    clock.freeze(60_000);
    let replaced = 0;
    alarm.set(10, () => replaced++);
    clock.advance(2000);
    expect([fired(), replaced, clock.pending()]).toEqual([0, 1, 0]);
  });
});

describe('a page that was frozen during a handshake', () => {
  it('goes on with it if it succeeded in the meantime', async () => {
    const scene = await stage();
    scene.clock.freeze(60_000);
    scene.socket().open();
    await scene.pass(1000);
    expect([scene.client.state.status, scene.sockets.length]).toEqual(['online', 1]);
    expect(scene.notices).toEqual([]);
  });
});
