import { writeFileSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { commit } from '../simulation/cli/commit.ts';
import { wholeNumber } from '../simulation/cli/options.ts';
import type { Colour } from '../simulation/verdict/tally.ts';
import type { Part, Trial } from './part.ts';
import { chosen, parts } from './parts.ts';
import { readProof, withSection, type Circumstances, type Proof } from './record.ts';
import { report } from './report.ts';

/*
 * npm run prove -- [--only PART,PART] [--seeds N] [--from S] [--workers W] [--messages M] [--minutes N]
 *                  [--clients N] [--folder DIRECTORY]
 *
 * What takes hours: `--seeds`, `--from` and `--workers` are for the part seeds, `--messages` for heap, `--minutes` and
 * `--clients` for soak. Says how far it is, keeps what it has found in DIRECTORY/proof.json (docs/) and writes it into
 * DIRECTORY/proof.md. Ends with 0 when everything is as it should be, with 1 when something is not, and with 2 when
 * that is not known: too little happened, something could not be tried, or somebody stopped it.
 */

const usage = {
  seeds: '100000',
  from: '1',
  workers: '2',
  messages: '1000000',
  minutes: '10',
  clients: '200',
  folder: 'docs',
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
  const signal = untilStopped();
  const trial: Trial = {
    options: {
      seeds: wholeNumber('seeds', values.seeds),
      from: wholeNumber('from', values.from),
      workers: wholeNumber('workers', values.workers),
      messages: wholeNumber('messages', values.messages),
      minutes: wholeNumber('minutes', values.minutes),
      clients: wholeNumber('clients', values.clients),
    },
    signal,
    say,
    progress: nowAndThen(),
    circumstances: circumstancesOf(tokens.flatMap(wordsOf)),
    keep: (change) => rewrite(values.folder, change),
  };
  const colours: Colour[] = [];
  for (const part of chosen(values.only)) if (!signal.aborted) colours.push(await tryPart(part, trial));
  const colour = signal.aborted ? worst([...colours, 'unknown']) : worst(colours);
  say(`${colour}; what was kept is in ${values.folder}/proof.md`);
  return colour;
}

async function tryPart(part: Part, trial: Trial): Promise<Colour> {
  try {
    const colour = 'run' in part ? await part.run(trial) : await keepFindings(part, trial);
    say(`${part.name}: ${colour}`);
    return colour;
  } catch (error) {
    say(trial.signal.aborted ? `${part.name}: stopped` : `${part.name}: ${messageOf(error)}`);
    return 'unknown';
  }
}

async function keepFindings(
  { name, findings }: Extract<Part, { findings: unknown }>,
  trial: Trial,
): Promise<Colour> {
  const found = await findings(trial);
  await trial.keep((proof) => withSection(proof, name, { ...trial.circumstances(), ...found }));
  say(`${name}: ${found.verdict}`);
  for (const finding of found.findings) say(`${name}: ${finding}`);
  return found.colour;
}

function worst(colours: readonly Colour[]): Colour {
  return (['red', 'unknown'] as const).find((colour) => colours.includes(colour)) ?? 'green';
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
  if (token.kind !== 'option' || token.name === 'folder') return [];
  return [token.rawName, ...(token.value === undefined ? [] : [token.value])];
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

/** Reads before it writes, so that parts that are tried by several processes add up. */
async function rewrite(folder: string, change: (proof: Proof) => Proof): Promise<void> {
  const file = `${folder}/proof.json`;
  const proof = change(readProof(file));
  const style = await resolveConfig(file);
  replaceFile(file, await format(JSON.stringify(proof), { ...style, parser: 'json' }));
  replaceFile(`${folder}/proof.md`, report(proof, parts));
}

function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
