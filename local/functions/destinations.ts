import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import type { QueueModel } from '../model.ts';

/** Where records of events go that failed for good. */
export interface Destinations {
  deliver(destinationArn: string, record: unknown): void;
}

/**
 * Keeps what a queue is sent as JSON lines in `<directory>/<queue>.jsonl`. There is no SQS API here: nothing in a
 * template of this kind reads such a queue but a person.
 */
export function queueFiles(queues: readonly QueueModel[], directory: string, log: Log): Destinations {
  const names = new Map(queues.map(({ arn, name }) => [arn, name]));
  return {
    deliver(destinationArn, record) {
      const name = names.get(destinationArn);
      if (name === undefined)
        return log(`A failed event is lost: ${destinationArn} is not a queue of the template.`);
      mkdirSync(directory, { recursive: true });
      const file = join(directory, `${name}.jsonl`);
      appendFileSync(file, `${JSON.stringify(record)}\n`);
      return log(`Queue ${name} received a failed event; it is kept in ${file}.`);
    },
  };
}
