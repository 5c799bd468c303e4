import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notJudged } from '../simulation/checker/checker.ts';
import { jsonLines, type Line } from '../simulation/history/history.ts';
import { sliceOf } from '../simulation/verdict/print.ts';
import { Tally } from '../simulation/verdict/tally.ts';
import type { SoakOptions } from './options.ts';
import { progressOf } from './progress.ts';
import { paceOf, type RoundPlan } from './round/crew.ts';
import { Service } from './service.ts';
import { soakDemands, soakOnce, type Soaked } from './soak.ts';

/** A history is held in memory: longer runs are several rounds, each with hotels and a quiet end of its own. */
const mostMinutesOfRound = 10;
const conversationsOfHotel = 6;
/** All clients together act about seven times a second: on one machine that plays all of AWS. */
const pauseOf = (clients: number): number => 2000 + 140 * clients;
/** The same for the upstream of all hotels together, once a second. */
const upstreamPauseOf = (hotels: number): number => 1000 * hotels;
const mostShown = 5;

export interface RunPorts {
  readonly say: (line: string) => void;
  /** Stops it; what it has started ends, and it rejects. */
  readonly signal: AbortSignal;
}

/** What came of all rounds. */
export interface Run {
  readonly tally: Tally;
  /** What the checker could not judge, in words. */
  readonly notJudged: readonly string[];
}

/** Starts a service on a data folder of its own, soaks it round by round, and leaves nothing behind. */
export async function runSoak(options: SoakOptions, { say, signal }: RunPorts): Promise<Run> {
  const tally = new Tally(soakDemands(options.clients));
  let unjudged: readonly string[] = [];
  await withService(async (service) => {
    const { signingKey } = service;
    for (const plan of roundsOf(options)) {
      const progress = progressOf(plan, say);
      const given = { service, signingKey, owned: service, name: `soak-${plan.seed}`, signal };
      const soaked = await soakOnce(plan, { ...given, progress, note: say });
      tally.add(soaked.outcome);
      unjudged = notJudged(soaked.history);
      await showViolations(soaked, say);
    }
  });
  if (tally.red.length > 0) say(`again, with the same plan: ${repeatCommand(options)}`);
  return { tally, notJudged: unjudged };
}

/** A service for as long as the task takes, with its tables on disk. */
export async function withService<T>(task: (service: Service) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lobbybee-soak-'));
  try {
    const service = await Service.start(folder, () => undefined);
    try {
      return await task(service);
    } finally {
      await service.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function roundsOf({ minutes, clients, hotels, seed }: SoakOptions): RoundPlan[] {
  const count = Math.ceil(minutes / mostMinutesOfRound);
  const seconds = (minutes * 60) / count;
  return Array.from({ length: count }, (_, index) => ({
    seed: seed + index,
    seconds,
    clients,
    hotels,
    conversations: conversationsOfHotel,
    managers: 0.15,
    pauseMs: pauseOf(clients),
    upstreamPauseMs: upstreamPauseOf(hotels),
    pace: paceOf(clients, seconds),
  }));
}

/** The lines that show what is wrong, and where the whole history lies. */
async function showViolations(
  { history, violations, outcome }: Soaked,
  say: (line: string) => void,
): Promise<void> {
  if (violations.length === 0) return;
  for (const violation of violations.slice(0, mostShown)) {
    say(`\n${violation.invariant} ${violation.message}`);
    say(jsonLines(sliceOf(history, violation)).trimEnd());
  }
  const folder = await mkdtemp(join(tmpdir(), `lobbybee-soak-red-${outcome.seed}-`));
  const file = join(folder, 'history.jsonl');
  await writeFile(file, linesOf(history));
  say(`\n${violations.length} violations; the whole history: ${file}`);
}

/** Line by line: a whole history may be longer than a text can be. */
function* linesOf(history: readonly Line[]): Iterable<string> {
  for (const line of history) yield jsonLines([line]);
}

function repeatCommand({ minutes, clients, hotels, seed }: SoakOptions): string {
  return `npm run soak -- --minutes ${minutes} --clients ${clients} --hotels ${hotels} --seed ${seed}`;
}
