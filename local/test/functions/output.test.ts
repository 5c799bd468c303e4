import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { forwardLines, type OutputLine } from '../../src/functions/function-output.ts';
import { openLogFiles } from '../../src/functions/log-files.ts';
import type { InvokeResult } from '../../src/invoker.ts';
import { parseJson } from '../../src/json.ts';
import { listenLocally } from '../../src/listen.ts';
import { eventually } from '../support/eventually.ts';
import { errorOf, functionModel, returned, testedFunctions } from '../support/local-functions.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

it('names the function and the event of each line, as the console or the code wrote it', async () => {
  const { invoke, output } = testedFunctions([functionModel('talks.handler')]);
  const { requestId } = await invoke('talks.handler', { words: 'two\nlines' });
  await eventually(() => expect(output).toHaveLength(3));
  const [stamped, ...raw] = output;
  expect(stamped).toMatchObject({ functionName: 'talks-handler', requestId });
  expect(stamped?.text).toMatch(new RegExp(String.raw`^\d{4}-.*Z\t${requestId}\tINFO\ttwo\rlines$`));
  expect(raw).toEqual([
    { functionName: 'talks-handler', requestId, text: 'raw two' },
    { functionName: 'talks-handler', requestId, text: 'lines' },
  ]);
});

it('gives the lines as JSON when the function asks for that', async () => {
  const { invoke, output } = testedFunctions([functionModel('talks.handler', { logFormat: 'JSON' })]);
  const { requestId } = await invoke('talks.handler', { words: 'hello' });
  await eventually(() => expect(output).toHaveLength(2));
  const line = parseJson(output[0]?.text ?? '');
  expect(line).toMatchObject({ level: 'INFO', requestId, message: 'hello' });
});

it('puts a line together that arrives in pieces, and passes on one without an end', async () => {
  const lines: OutputLine[] = [];
  const stream = Readable.from(['be', 'gun\nand ', 'not ended']);
  forwardLines(
    stream,
    'f',
    () => undefined,
    (line) => lines.push(line),
  );
  await eventually(() => expect(lines.map(({ text }) => text)).toEqual(['begun', 'and not ended']));
});

it('does not gather a line without end in memory', async () => {
  const lines: OutputLine[] = [];
  forwardLines(
    Readable.from(['x'.repeat(300_000), '\n']),
    'f',
    () => undefined,
    (line) => lines.push(line),
  );
  await eventually(() => expect(lines.map(({ text }) => text.length)).toEqual([300_000, 0]));
});

it('appends the lines of each function to a file of its own', async () => {
  const directory = temporaryDirectory();
  for (const text of ['first run', 'second run']) {
    const files = openLogFiles(directory, () => undefined);
    files.write({ functionName: 'notify', text });
    await files.close();
  }
  expect(readFileSync(join(directory, 'notify.log'), 'utf8')).toBe('first run\nsecond run\n');
});

it('lets a log file be read while the function runs, each line after those before', async () => {
  const directory = temporaryDirectory();
  const files = openLogFiles(directory, () => undefined);
  onTestFinished(() => files.close());
  let expected = '';
  for (const round of ['a', 'b']) {
    for (let n = 0; n < 100; n++) {
      files.write({ functionName: 'notify', text: `${round}${n}` });
      expected += `${round}${n}\n`;
    }
    await eventually(() => expect(readFileSync(join(directory, 'notify.log'), 'utf8')).toBe(expected));
  }
});

it('says once that a log file cannot be written, and goes on without it', async () => {
  const [directory, log]: [string, string[]] = [temporaryDirectory(), []];
  mkdirSync(join(directory, 'notify.log'));
  const files = openLogFiles(directory, (message) => log.push(message));
  files.write({ functionName: 'notify', text: 'lost' });
  await eventually(() => expect(log).toHaveLength(1));
  files.write({ functionName: 'notify', text: 'lost too' });
  await files.close();
  expect(log).toEqual([expect.stringContaining('notify.log cannot be written: EISDIR')]);
});

it('has a line for what the function could not say itself', async () => {
  const { invoke, output } = testedFunctions([functionModel('misbehaving.exits')]);
  const { requestId } = await invoke('misbehaving.exits', { code: 3 });
  const lines = output.filter((line) => line.requestId === requestId).map(({ text }) => text);
  expect(lines).toEqual([expect.stringMatching(/\tERROR\t.*Runtime exited with error: exit status 3/)]);
});

describe('what a function says over TLS', () => {
  const gateway = 'abcdefghij.execute-api.eu-west-1.amazonaws.com';

  /** Lets a function post to `host` while the gateway's name leads to a plain server; returns what that received. */
  async function postTo(
    hostOf: (port: number) => string,
  ): Promise<{ result: InvokeResult; received: string[] }> {
    const received: string[] = [];
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.end());
      received.push(`${request.headers.host ?? ''}${request.url ?? ''}`);
    });
    onTestFinished(() => void server.close());
    const port = await listenLocally(server, 0);
    const surroundings = { redirects: { [gateway]: `127.0.0.1:${port}` } };
    const { invoke } = testedFunctions([functionModel('posts.handler', { timeoutSeconds: 20 })], {
      surroundings,
    });
    return { result: await invoke('posts.handler', { host: hostOf(port) }), received };
  }

  it("to AWS's own host name reaches the local service, with the host that was meant", async () => {
    const { result, received } = await postTo(() => gateway);
    expect(returned(result)).toEqual([200, 200]);
    expect(received.toSorted()).toEqual([`${gateway}/prod/fetch`, `${gateway}/prod/https`]);
  });

  it('to any other host stays TLS, which the plain server cannot read', async () => {
    const { result, received } = await postTo((port) => `localhost:${port}`);
    expect(errorOf(result)).toMatchObject({ errorType: 'TypeError', errorMessage: 'fetch failed' });
    expect(received).toEqual([]);
  });
});
