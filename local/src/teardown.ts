/** Undoes what was done, the latest first; once, however often it is asked. */
export class Teardown {
  readonly #steps: (() => void | Promise<void>)[] = [];
  #run: Promise<void> | undefined;

  /** Remembers how to end something, and returns it. */
  add<Thing>(thing: Thing, end: (thing: Thing) => void | Promise<void>): Thing {
    this.#steps.push(() => end(thing));
    return thing;
  }

  /** Settles when every step was tried. Rejects with the first failure after that. */
  run(): Promise<void> {
    this.#run ??= this.#runSteps();
    return this.#run;
  }

  async #runSteps(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.toReversed()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0)
      throw new Error('Not everything could be stopped in order.', { cause: failures[0] });
  }
}
