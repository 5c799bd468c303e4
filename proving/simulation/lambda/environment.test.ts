import { expect, it } from 'vitest';
import { Faults } from '../faults.ts';
import { outsideMicrotasks } from '../kernel/microtasks.ts';
import { Random } from '../kernel/random.ts';
import { Scheduler } from '../kernel/scheduler.ts';
import { Environment } from './environment.ts';

function newEnvironment(skew = 0) {
  const scheduler = new Scheduler(1000);
  const random = new Random(1);
  const faults = new Faults(random, 0, () => {});
  const environment = new Environment('one', { scheduler, random, faults, skew, fault: () => {} });
  const seen: string[] = [];
  const wait = async (milliseconds: number, name: string): Promise<void> => {
    await environment.world.sleep(milliseconds);
    seen.push(`${name} at ${scheduler.now}`);
  };
  return { environment, scheduler, faults, seen, wait };
}

it('holds back in a frozen environment what arrives, until the next invocation', async () => {
  const { seen, faults } = await outsideMicrotasks(() => {
    const made = newEnvironment();
    const { environment, scheduler, wait } = made;
    environment.start(() => {});
    void wait(10, 'awaited');
    void wait(50, 'forgotten');
    scheduler.runUntil(1020);
    environment.freeze();
    scheduler.runUntil(5000);
    environment.start(() => {});
    scheduler.runUntil(5001);
    return made;
  });
  expect(seen).toEqual(['awaited at 1010', 'forgotten at 5000']);
  expect(faults.fired.get('F28 environment frozen with work pending')).toBe(1);
});

it('sends nothing that a frozen environment asks for before it is thawed', async () => {
  const requests = await outsideMicrotasks(() => {
    const { environment, scheduler } = newEnvironment();
    const sent: number[] = [];
    void environment.through(() => Promise.resolve(sent.push(scheduler.now)));
    scheduler.runUntil(3000);
    environment.start(() => {});
    scheduler.runUntil(3001);
    return sent;
  });
  expect(requests).toEqual([3000]);
});

it('lets nothing arrive in a killed environment, and tells who invoked it', async () => {
  const { seen, died } = await outsideMicrotasks(() => {
    const { environment, scheduler, wait, seen: arrived } = newEnvironment();
    let told = 0;
    environment.start(() => told++);
    void wait(10, 'before');
    void wait(30, 'after');
    scheduler.runUntil(1020);
    environment.kill();
    scheduler.runUntil(9000);
    return { seen: arrived, died: told };
  });
  expect(seen).toEqual(['before at 1010']);
  expect(died).toBe(1);
});

it('has a clock of its own', () => {
  expect(newEnvironment(-600).environment.world.now().getTime()).toBe(400);
});
