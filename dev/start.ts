/** `npm start`: this application on one machine. */
import { runCommand, runUntilStopped, type Terminal } from '../local/src/command-line/index.ts';
import { launch } from './run/launch.ts';
import { reportAsJson, reportAsText } from './run/report.ts';
import { readStartOptions, startHelp } from './run/start-options.ts';

async function start(argv: readonly string[], terminal: Terminal): Promise<number> {
  const options = readStartOptions(argv);
  if (options === 'help') {
    terminal.print(startHelp);
    return 0;
  }
  const { env: environment, pid } = process;
  return await runUntilStopped(async (ports) => {
    const instance = await launch(options, { ...ports, ...terminal, pid, now: Date.now, environment });
    const report = options.json
      ? [reportAsJson(instance.addresses)]
      : reportAsText(instance.addresses, options.dataDirectory, process.cwd());
    for (const line of report) terminal.print(line);
    return instance;
  }, terminal);
}

await runCommand(start, process.argv.slice(2));
