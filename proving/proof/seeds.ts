import { tryAll } from '../simulation/cli/workers.ts';
import { repeatCommand } from '../simulation/verdict/print.ts';
import { Tally, type Colour } from '../simulation/verdict/tally.ts';
import type { Trial } from './part.ts';
import { withSeedRun } from './record.ts';

/** So many seeds are kept together: what is under way when somebody stops is tried again. */
const chunkSeeds = 5000;

/** Many seeds. What is red is said at once, and the rest is tried all the same. */
export async function trySeeds(trial: Trial): Promise<Colour> {
  const { seeds, from } = trial.options;
  const end = from + seeds;
  const tally = new Tally();
  trial.say(`seeds ${from} to ${end - 1}, ${trial.options.workers} at a time, kept by ${chunkSeeds}`);
  for (let next = from; next < end; next += chunkSeeds) {
    const count = Math.min(chunkSeeds, end - next);
    const chunk = await tryChunk(trial, next, count, tally).catch((error: unknown) => {
      if (trial.signal.aborted) sayHowToGoOn(trial, next, end);
      throw error;
    });
    tally.addSaved(chunk.save());
    const run = { ...trial.circumstances(), from, to: next + count - 1, tally: tally.save() };
    await trial.keep((proof) => withSeedRun(proof, run));
    sayWhatIsRed(trial, chunk);
  }
  return tally.colour;
}

async function tryChunk(trial: Trial, from: number, seeds: number, before: Tally): Promise<Tally> {
  const { options, signal, progress } = trial;
  const tally = new Tally();
  const sum = (what: (of: Tally) => number) => what(before) + what(tally);
  await tryAll({
    from,
    seeds,
    workers: options.workers,
    tally,
    signal,
    progress: () =>
      progress(() => {
        const deliveries = sum((of) => of.count('deliveries'));
        const rate = Math.round((deliveries / sum((of) => of.coreMilliseconds)) * 1000);
        const red = sum((of) => of.red.length);
        return `${sum((of) => of.seeds)} of ${options.seeds} seeds, ${deliveries} deliveries, ${rate} per core-second, ${red} red`;
      }),
  });
  return tally;
}

function sayWhatIsRed({ say }: Trial, { red }: Tally): void {
  for (const { seed, invariant, message } of red) {
    say(`RED: seed ${seed}: ${invariant} ${message}`);
    say(`again: ${repeatCommand(seed)}`);
  }
}

function sayHowToGoOn({ say, again }: Trial, next: number, end: number): void {
  say(`seeds before ${next} are kept; go on with`);
  say(again({ only: 'seeds', from: next, seeds: end - next }));
}
