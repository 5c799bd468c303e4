import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onStopRequest } from '../../local/command-line/stop-requests.ts';
import { runCommand, type Terminal } from '../../local/command-line/command.ts';
import { notJudged } from '../simulation/checker/checker.ts';
import { jsonLines } from '../simulation/history/history.ts';
import { commit } from '../simulation/cli/commit.ts';
import { faultLines, sliceOf, verdictLine } from '../simulation/verdict/print.ts';
import { Tally } from '../simulation/verdict/tally.ts';
import { readSoakOptions, soakHelp, type SoakOptions } from './options.ts';
import { progressOf } from './progress.ts';
import { paceOf, type RoundPlan } from './round/crew.ts';
import { Service } from './service.ts';
import { soakDemands, soakOnce, type Soaked } from './soak.ts';

/* npm run soak: the checker on real sockets. */

/** A history is held in memory: longer runs are several rounds, each with hotels and a quiet end of its own. */
const mostMinutesOfRound = 10;
/** All clients together act about seven times a second: on one machine that plays all of AWS. */
const pauseOf = (clients: number): number => 2000 + 140 * clients;
/** The same for the upstream of all hotels together, once a second. */
const upstreamPauseOf = (hotels: number): number => 1000 * hotels;
const conversationsOfHotel = 6;
const exitCodes = { green: 0, red: 1, unknown: 2 } as const;

async function soak(argv: readonly string[], terminal: Terminal): Promise<number> {
  const options = readSoakOptions(argv, 1 + Math.floor(Math.random() * 999_999_998));
  if (options === 'help') {
    terminal.print(soakHelp);
    return 0;
  }
  const stopping = new AbortController();
  onStopRequest(() => stopping.abort(), Date.now);
  const folder = await mkdtemp(join(tmpdir(), 'lobbybee-soak-'));
  try {
    return await soakIn(folder, options, terminal, stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    terminal.print('verdict unknown | stopped before the end');
    return exitCodes.unknown;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function soakIn(
  folder: string,
  options: SoakOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { clients, minutes, seed } = options;
  terminal.print(`seed ${seed}: ${clients} clients for ${minutes} minutes`);
  const service = await Service.start(folder, () => undefined);
  const { signingKey } = service;
  const tally = new Tally(soakDemands(clients));
  let unjudged: readonly string[] = [];
  try {
    for (const plan of roundsOf(options)) {
      const note = (line: string): void => terminal.print(line);
      const progress = progressOf(plan, note);
      const name = `soak-${plan.seed}`;
      const soaked = await soakOnce(plan, {
        service,
        signingKey,
        owned: service,
        name,
        signal,
        progress,
        note,
      });
      tally.add(soaked.outcome);
      unjudged = notJudged(soaked.history);
      await showViolations(soaked, options, terminal);
    }
  } finally {
    await service.stop();
  }
  for (const line of faultLines(tally)) terminal.print(line);
  for (const line of unjudged) terminal.print(`not judged here: ${line}`);
  const subject = `${clients} clients for ${minutes} minutes, seed ${seed}`;
  terminal.print(verdictLine(tally, subject, commit()));
  return exitCodes[tally.colour];
}

function roundsOf({ minutes, clients, hotels, seed }: SoakOptions): RoundPlan[] {
  const count = Math.ceil(minutes / mostMinutesOfRound);
  return Array.from({ length: count }, (_, index) => ({
    seed: seed + index,
    seconds: (minutes * 60) / count,
    clients,
    hotels,
    conversations: conversationsOfHotel,
    managers: 0.15,
    pauseMs: pauseOf(clients),
    upstreamPauseMs: upstreamPauseOf(hotels),
    pace: paceOf(clients),
  }));
}

const mostShown = 5;

/** The lines that show what is wrong, and where the whole history lies. */
async function showViolations(
  { history, violations, outcome }: Soaked,
  { clients, hotels, minutes, seed }: SoakOptions,
  terminal: Terminal,
): Promise<void> {
  if (violations.length === 0) return;
  for (const violation of violations.slice(0, mostShown)) {
    terminal.print(`\n${violation.invariant} ${violation.message}`);
    terminal.print(jsonLines(sliceOf(history, violation)).trimEnd());
  }
  const file = join(tmpdir(), `soak-history-${outcome.seed}-${Date.now()}.jsonl`);
  await writeFile(file, history.map((line) => JSON.stringify(line)).join('\n'));
  terminal.print(`\n${violations.length} violations; the whole history: ${file}`);
  terminal.print(
    `again, with the same plan: npm run soak -- --minutes ${minutes} --clients ${clients} --hotels ${hotels} --seed ${seed}`,
  );
}

await runCommand(soak, process.argv.slice(2));
