/** `npm run local`: another application's template on one machine. */
import { runCommand, sdkNotice, type Terminal } from './command-line/command.ts';
import { localHelp, readLocalOptions } from './command-line/local-options.ts';
import { printable } from './command-line/printable.ts';
import { reportAsJson, reportAsText } from './command-line/report.ts';
import { runUntilStopped } from './command-line/run-until-stopped.ts';
import { startLocal } from './index.ts';

async function local(argv: readonly string[], terminal: Terminal): Promise<number> {
  const command = readLocalOptions(argv);
  if (command === 'help') {
    terminal.print(localHelp);
    return 0;
  }
  const { source, json, ...options } = command;
  return await runUntilStopped(async ({ teardown, signal }) => {
    const running = await startLocal({
      ...source,
      ...options,
      extraEnvironment: { [sdkNotice.name]: sdkNotice.off },
      log: (line) => terminal.note(line),
      output: ({ functionName, requestId, text }) =>
        terminal.note(printable(`${functionName} ${requestId ?? '-'} ${text}`)),
    });
    teardown.add(running, (it) => it.stop());
    signal.throwIfAborted();
    for (const line of json ? [reportAsJson(running)] : reportAsText(running)) terminal.print(line);
    return running;
  }, terminal);
}

await runCommand(local, process.argv.slice(2));
