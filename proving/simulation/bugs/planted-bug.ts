import type { Bug } from '../world.ts';

/** A mistake that somebody could make, put in from outside: the checker must see it. */
export interface PlantedBug {
  /** What the system does wrong. */
  readonly name: string;
  readonly bug: Bug;
}
