import { once } from 'node:events';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { OutputSink } from './function-output.ts';

export interface LogFiles {
  readonly write: OutputSink;
  /** Settles when everything is written. */
  close(): Promise<void>;
}

/** Appends what each function writes to `<directory>/<function>.log`. */
export function openLogFiles(directory: string): LogFiles {
  const files = new Map<string, WriteStream>();
  mkdirSync(directory, { recursive: true });

  function fileOf(functionName: string): WriteStream {
    const file =
      files.get(functionName) ?? createWriteStream(join(directory, `${functionName}.log`), { flags: 'a' });
    files.set(functionName, file);
    return file;
  }

  return {
    write: ({ functionName, text }) => void fileOf(functionName).write(`${text}\n`),
    async close() {
      const closing = [...files.values()].map((file) => once(file.end(), 'close'));
      files.clear();
      await Promise.all(closing);
    },
  };
}
