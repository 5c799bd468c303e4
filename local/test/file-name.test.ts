import { basename, join, relative } from 'node:path';
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { destinationFiles } from '../src/functions/destinations.ts';
import { openLogFiles } from '../src/functions/log-files.ts';
import { fileNameOf } from '../src/file-name.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

it.each(['Chat-SendMessage_1', 'queue.fifo', 'a'.repeat(255)])('leaves %s as it is', (name) => {
  expect(fileNameOf(name)).toBe(name);
});

it.each(['../../x', '..', '.', '/etc/x', String.raw`..\x`, 'a\u0000b', 'a\u001b[31mb', 'a:b', 'é', '\ud800'])(
  'makes one plain name in its folder of %j',
  (name) => {
    const made = fileNameOf(name);
    expect(made).toMatch(/^[\w%-][\w.%-]*$/);
    expect(relative('folder', join('folder', made))).toBe(basename(made));
  },
);

it('keeps logs and queues in their folders, whatever the function or queue is called', async () => {
  const data = temporaryDirectory();
  const files = openLogFiles(join(data, 'logs'), () => undefined);
  files.write({ functionName: '../x', text: 'hello' });
  await files.close();
  destinationFiles(join(data, 'queues'), () => undefined).deliver('arn:aws:sqs:eu-west-1:1:../x', {});
  expect(readdirSync(data, { recursive: true }).map(String).toSorted()).toEqual([
    'logs',
    'logs/%2E%2E%2Fx.log',
    'queues',
    'queues/%2E%2E%2Fx.jsonl',
  ]);
});
