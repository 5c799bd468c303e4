import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { fileNameOf } from '../file-name.ts';
import { makeDirectory } from '../make-directory.ts';
import { privateFile, privateFolder } from '../private-files.ts';
import type { OutputSink } from './function-output.ts';

export interface LogFiles {
  readonly write: OutputSink;
  /** Settles when everything is written. */
  close(): Promise<void>;
}

/**
 * Lines wait so long for others to be written with: a call to the system for each would cost a small function's event as
 * much as its answer. No reader of a log sees the difference.
 */
const gatherMilliseconds = 50;

/** Appends what each function writes to `<directory>/<function>.log`. A file that cannot be written is said once. */
export function openLogFiles(directory: string, log: Log): LogFiles {
  const files = new Map<string, WriteStream>();
  makeDirectory(directory, privateFolder);

  function open(functionName: string): WriteStream {
    const path = join(directory, `${fileNameOf(functionName)}.log`);
    const file = createWriteStream(path, { flags: 'a', mode: privateFile });
    file.on('error', (error) => log(`${path} cannot be written: ${error.message}`));
    files.set(functionName, file);
    return file;
  }

  return {
    write: ({ functionName, text }) => {
      const file = files.get(functionName) ?? open(functionName);
      if (!file.writable) return;
      if (file.writableCorked === 0) gather(file);
      file.write(`${text}\n`);
    },
    async close() {
      const closing = [...files.values()].map(closed);
      files.clear();
      await Promise.all(closing);
    },
  };
}

/** `end()` writes what is gathered, so that the timer need not keep the process for it. */
function gather(file: WriteStream): void {
  file.cork();
  setTimeout(() => file.uncork(), gatherMilliseconds).unref();
}

function closed(file: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (file.closed) return resolve();
    file.once('close', () => resolve());
    return void file.end();
  });
}
