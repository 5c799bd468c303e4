/** What must be undone at the end, whatever the end is. */
export class Cleanup {
  readonly #steps: (() => Promise<void>)[] = [];

  /** Adds a step; later ones are undone first. */
  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** Undoes everything; a step that fails does not keep the others from their turn. @throws the first failure. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      await step().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
