import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';

/** A terminal on which lines appear while another one is being typed. */
export interface Screen {
  /** What is typed, until the input ends or the screen is closed. */
  readonly lines: AsyncIterable<string>;
  show(line: string): void;
  close(): void;
}

/**
 * Typed lines with a prompt on a terminal; plain lines when either side is a file or a pipe.
 *
 * `interrupted` is called when Ctrl-C is typed at the prompt.
 */
export function openScreen(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  interrupted: () => void,
): Screen {
  const terminal = input.isTTY && output.isTTY;
  const readline = createInterface({ input, output, terminal, prompt: terminal ? '> ' : '' });
  readline.once('SIGINT', () => {
    interrupted();
    readline.close();
  });
  return {
    lines: promptedLines(readline),
    show: (line) => (terminal ? showAbovePrompt(readline, output, line) : void output.write(`${line}\n`)),
    close: () => readline.close(),
  };
}

async function* promptedLines(readline: Interface): AsyncGenerator<string> {
  readline.prompt();
  for await (const line of readline) {
    yield line;
    readline.prompt();
  }
}

function showAbovePrompt(readline: Interface, output: NodeJS.WriteStream, line: string): void {
  cursorTo(output, 0);
  clearLine(output, 0);
  output.write(`${line}\n`);
  readline.prompt(true);
}
