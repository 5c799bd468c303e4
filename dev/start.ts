/** `npm start`: this application on one machine. */
import { once } from 'node:events';
import { Teardown } from '../local/teardown.ts';
import { runCommand, type Terminal } from '../local/command-line/command.ts';
import { launch } from './run/launch.ts';
import { reportAsJson, reportAsText } from './run/report.ts';
import { readStartOptions, startHelp } from './run/start-options.ts';
import { onStopRequest } from '../local/command-line/stop-requests.ts';

async function start(argv: readonly string[], terminal: Terminal): Promise<number> {
  const options = readStartOptions(argv);
  if (options === 'help') {
    terminal.print(startHelp);
    return 0;
  }
  const stopping = new AbortController();
  const { signal } = stopping;
  onStopRequest(() => stopping.abort(), Date.now);
  const teardown = new Teardown();
  try {
    const { env: environment, pid } = process;
    const { addresses, died } = await launch(options, {
      teardown,
      signal,
      note: (line) => terminal.note(line),
      pid,
      now: Date.now,
      environment,
    });
    const report = options.json
      ? [reportAsJson(addresses)]
      : reportAsText(addresses, options.dataDirectory, process.cwd());
    for (const line of report) terminal.print(line);
    const failure = await Promise.race([died, stopRequested(signal)]);
    if (failure === undefined) return 0;
    terminal.note(failure);
    return 1;
  } catch (error) {
    if (signal.aborted) return 0;
    throw error;
  } finally {
    await teardown.run();
  }
}

async function stopRequested(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
}

await runCommand(start);
