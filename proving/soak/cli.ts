import { onStopRequest, runCommand, type Terminal } from '../../local/src/command-line/index.ts';
import { commit } from '../simulation/cli/commit.ts';
import { faultLines, verdictLine } from '../simulation/verdict/print.ts';
import { notCounted } from './not-counted.ts';
import { readSoakOptions, soakHelp, type SoakOptions } from './options.ts';
import { runSoak } from './run.ts';

/* npm run soak: the checker on real sockets. */

const exitCodes = { green: 0, red: 1, unknown: 2 } as const;
const mostSeed = 999_999_999;

async function soak(argv: readonly string[], terminal: Terminal): Promise<number> {
  const options = readSoakOptions(argv, 1 + Math.floor(Math.random() * (mostSeed - 1)));
  if (options === 'help') {
    terminal.print(soakHelp);
    return 0;
  }
  const stopping = new AbortController();
  onStopRequest(() => stopping.abort(), Date.now);
  try {
    return await soakUntil(options, stopping.signal, terminal);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    terminal.print('verdict unknown | stopped before the end');
    return exitCodes.unknown;
  }
}

async function soakUntil(options: SoakOptions, signal: AbortSignal, terminal: Terminal): Promise<number> {
  const say = (line: string): void => terminal.print(line);
  const subject = `${options.clients} clients for ${options.minutes} minutes, seed ${options.seed}`;
  say(subject);
  const { tally, notJudged } = await runSoak(options, { say, signal });
  for (const line of faultLines(tally)) say(line);
  for (const line of [...notJudged, ...notCounted(tally)]) say(`not judged here: ${line}`);
  say(verdictLine(tally, subject, commit()));
  return exitCodes[tally.colour];
}

await runCommand(soak, process.argv.slice(2));
