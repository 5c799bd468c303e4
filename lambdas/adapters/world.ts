import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../core/ports.ts';

/** The machine's own time, randomness and ids. */
export const machine: World = {
  now: () => new Date(),
  sleep: (milliseconds) => sleep(milliseconds),
  random: () => Math.random(),
  newId: () => randomUUID(),
};
