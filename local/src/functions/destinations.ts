import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { fileNameOf } from '../file-name.ts';
import { makeDirectory } from '../make-directory.ts';
import { privateFile, privateFolder } from '../private-files.ts';

/** Where records of events go that failed for good. */
export interface Destinations {
  deliver(destinationArn: string, record: unknown): void;
}

/**
 * Keeps what a queue or topic is sent as JSON lines in `<directory>/<its name>.jsonl`. There is no API to read them by:
 * the reader of such records is a person.
 */
export function destinationFiles(directory: string, log: Log): Destinations {
  return {
    deliver(destinationArn, record) {
      const name = destinationArn.slice(destinationArn.lastIndexOf(':') + 1);
      const file = join(directory, `${fileNameOf(name)}.jsonl`);
      try {
        makeDirectory(directory, privateFolder);
        appendFileSync(file, `${JSON.stringify(record)}\n`, { mode: privateFile });
        log(`${name} received an event that failed for good; it is kept in ${file}.`);
      } catch (error) {
        log(`An event that failed for good is lost, as ${file} cannot be written: ${String(error)}`);
      }
    },
  };
}
