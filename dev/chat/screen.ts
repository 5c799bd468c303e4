import { clearLine, createInterface, cursorTo } from 'node:readline';

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
  const readline = createInterface({ input, output, terminal, prompt: '> ' });
  let closed = false;
  readline.once('close', () => (closed = true));
  readline.once('SIGINT', () => {
    interrupted();
    readline.close();
  });
  /** Keeps what is being typed. A closed readline asks nobody; newer versions of Node throw. */
  const prompt = (): void => {
    if (!closed) readline.prompt(true);
  };
  return {
    lines: terminal ? promptedLines(readline, prompt) : readline,
    show(line) {
      if (terminal) clearPrompt(output);
      output.write(`${line}\n`);
      if (terminal) prompt();
    },
    close: () => readline.close(),
  };
}

async function* promptedLines(lines: AsyncIterable<string>, prompt: () => void): AsyncGenerator<string> {
  prompt();
  for await (const line of lines) {
    yield line;
    prompt();
  }
}

function clearPrompt(output: NodeJS.WriteStream): void {
  cursorTo(output, 0);
  clearLine(output, 0);
}
