import { Refusal } from '../refusal.ts';

/** One thing in a template that cannot be run here, named by its resource. */
export class TemplateProblem extends Error {
  override readonly name = 'TemplateProblem';
}

/** Collects what cannot be run, so that a template is refused once, with everything that is wrong. */
export class Problems {
  readonly #sentences: string[] = [];

  /** Runs one step of reading; its problem is kept, and `undefined` returned in place of its result. */
  attempt<Result>(subject: string, step: () => Result): Result | undefined {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof TemplateProblem)) throw error;
      this.#sentences.push(`${subject}: ${error.message}`);
      return undefined;
    }
  }

  add(subject: string, sentence: string): void {
    this.#sentences.push(`${subject}: ${sentence}`);
  }

  /** @throws Refusal with one line for each problem. */
  refuseIfAny(): void {
    if (this.#sentences.length === 0) return;
    const [first = '', ...others] = new Set(this.#sentences);
    if (others.length === 0) throw new Refusal(`This template cannot be run here: ${first}`);
    throw new Refusal(['This template cannot be run here:', first, ...others].join('\n  '));
  }
}
