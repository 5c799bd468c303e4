import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { commit } from '../simulation/cli/commit.ts';
import { wholeNumber } from '../simulation/cli/options.ts';
import type { Colour } from '../simulation/verdict/tally.ts';
import { ProofFolder } from './folder.ts';
import type { Part, Trial } from './part.ts';
import { chosen } from './parts.ts';
import { withSection, type Circumstances } from './record.ts';

/*
 * npm run prove -- [--only PART,PART] [--seeds N] [--from S] [--workers W] [--messages M] [--minutes N]
 *                  [--clients N] [--folder DIRECTORY]
 *
 * What takes hours: `--seeds`, `--from` and `--workers` are for the part seeds, `--messages` for heap, `--minutes` and
 * `--clients` for soak. Says how far it is, keeps what it has found in DIRECTORY/proof.json (proving/) and writes it into
 * DIRECTORY/proof.md; a part that is stopped keeps nothing, but for seeds. Ends with 0 when everything is as it should be, with 1 when something is not, and with 2 when
 * that is not known: too little happened, something could not be tried, or somebody stopped it.
 */

const usage = {
  seeds: '100000',
  from: '1',
  workers: '2',
  messages: '1000000',
  minutes: '10',
  clients: '200',
  folder: 'proving',
};
const exitCodes = { green: 0, red: 1, unknown: 2 } as const;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  process.exitCode = exitCodes[await prove(process.argv.slice(2))];
} catch (error) {
  say(`prove: ${messageOf(error)}`);
  process.exitCode = exitCodes.unknown;
}

async function prove(given: readonly string[]): Promise<Colour> {
  const { values, tokens } = parseArgs({
    args: [...given],
    tokens: true,
    options: {
      only: { type: 'string' },
      seeds: { type: 'string', default: usage.seeds },
      from: { type: 'string', default: usage.from },
      workers: { type: 'string', default: usage.workers },
      messages: { type: 'string', default: usage.messages },
      minutes: { type: 'string', default: usage.minutes },
      clients: { type: 'string', default: usage.clients },
      folder: { type: 'string', default: usage.folder },
    },
  });
  const wanted = chosen(values.only);
  const again = commandAgain(tokens);
  const signal = untilStopped();
  const options = {
    seeds: wholeNumber('seeds', values.seeds),
    from: wholeNumber('from', values.from),
    workers: wholeNumber('workers', values.workers),
    messages: wholeNumber('messages', values.messages),
    minutes: wholeNumber('minutes', values.minutes),
    clients: wholeNumber('clients', values.clients),
  };
  const folder = new ProofFolder(values.folder);
  const colour = await tryParts(wanted, {
    options,
    signal,
    say,
    progress: nowAndThen(),
    circumstances: circumstancesOf(tokens.flatMap(wordsOf)),
    again,
    keep: (change) => folder.keep(change),
  });
  say(`${colour}; ${folder.keptIn === undefined ? 'nothing was kept' : `kept in ${folder.keptIn}`}`);
  return colour;
}

/** One after the other. Of those that a stop leaves without a result, it says how they are tried again. */
async function tryParts(wanted: readonly Part[], trial: Trial): Promise<Colour> {
  const colours: Colour[] = [];
  const missed: string[] = [];
  for (const part of wanted) {
    const begun = !trial.signal.aborted;
    const colour = begun ? await tryPart(part, trial) : 'stopped';
    colours.push(colour === 'stopped' ? 'unknown' : colour);
    // Seeds say by themselves how to go on.
    if (colour === 'stopped' && !(begun && 'run' in part)) missed.push(part.name);
  }
  if (missed.length > 0) {
    trial.say(`nothing is kept of ${missed.join(', ')}; again:`);
    trial.say(trial.again({ only: missed.join(',') }));
  }
  return (['red', 'unknown'] as const).find((colour) => colours.includes(colour)) ?? 'green';
}

async function tryPart(part: Part, trial: Trial): Promise<Colour | 'stopped'> {
  say(`${part.name}: begins`);
  try {
    const colour = 'run' in part ? await part.run(trial) : await keepFindings(part, trial);
    say(`${part.name}: ${colour}`);
    return colour;
  } catch (error) {
    if (trial.signal.aborted) {
      say(`${part.name}: stopped`);
      return 'stopped';
    }
    say(`${part.name}: ${messageOf(error)}`);
    return 'unknown';
  }
}

async function keepFindings(
  { name, findings }: Extract<Part, { findings: unknown }>,
  trial: Trial,
): Promise<Colour> {
  const found = await findings(trial);
  // First said: a disk may be full.
  say(`${name}: ${found.verdict}`);
  for (const finding of found.findings) say(`${name}: ${finding}`);
  await trial.keep((proof) => withSection(proof, name, { ...trial.circumstances(), ...found }));
  return found.colour;
}

/** The first SIGINT or SIGTERM; a second one ends the process at once. */
function untilStopped(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, stop);
  return controller.signal;
}

function nowAndThen(): Trial['progress'] {
  const started = performance.now();
  let last = started;
  return (text) => {
    const now = performance.now();
    if (now - last < 10_000) return;
    last = now;
    say(`${Math.round((now - started) / 1000)} s: ${text()}`);
  };
}

type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number];

/** An option as it was given; not where the report goes, which says nothing about what was tried. */
function wordsOf(token: Token): string[] {
  return token.kind === 'option' && token.name === 'folder' ? [] : allWordsOf(token);
}

function allWordsOf(token: Token): string[] {
  if (token.kind !== 'option') return [];
  return [token.rawName, ...(token.value === undefined ? [] : [token.value])];
}

/** The given options, but for those that are said anew. */
function commandAgain(given: readonly Token[]): Trial['again'] {
  return (anew) => {
    const kept = given.filter((token) => token.kind !== 'option' || !(token.name in anew));
    const said = Object.entries(anew).flatMap(([name, value]) => [`--${name}`, String(value)]);
    return ['npm run prove --', ...said, ...kept.flatMap(allWordsOf)].join(' ');
  };
}

/** The commit is that of the beginning: what is loaded later is not noticed. */
function circumstancesOf(options: readonly string[]): () => Circumstances {
  const tried = commit();
  return () => ({
    date: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    commit: tried,
    node: process.version,
    cores: availableParallelism(),
    command: ['npm run prove', ...(options.length === 0 ? [] : ['--']), ...options].join(' '),
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
