import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { forwardLines, type OutputLine } from '../../src/functions/function-output.ts';
import { openLogFiles } from '../../src/functions/log-files.ts';
import type { InvokeResult } from '../../src/invoker.ts';
import { parseJson } from '../../src/json.ts';
import { listenLocally } from '../../src/listen.ts';
import type { FunctionModel, LogLevel } from '../../src/model.ts';
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

describe('a line in JSON', () => {
  it.each([
    ['a text', 'text', { message: 'hello' }],
    ['a number', 'number', { message: 7 }],
    ['an object', 'object', { message: { room: 3 } }],
    ['nothing', 'nothing', {}],
    ['an object that leads to itself', 'circular', { message: '<ref *1> { itself: [Circular *1] }' }],
    ['a BigInt within an object', 'bigint', { message: '{ count: 1n }' }],
    ['an object whose toJSON throws', 'unwilling', { message: '{ toJSON: [Function: toJSON] }' }],
    ['several values', 'several', { message: "room 3 { side: 'left' }" }],
  ])('holds %s', async (_title, name, said) => {
    const { requestId, lines } = await sayInJson(name);
    const [{ timestamp, ...line } = {}] = lines;
    expect(timestamp).toMatch(/^\d{4}-.*Z$/);
    expect(line).toEqual({ level: 'INFO', requestId, ...said });
  });

  it('holds an error with its type, message, stack and own properties', async () => {
    const { lines } = await sayInJson('error');
    const stackTrace = expect.arrayContaining(['Error: no such room']) as unknown;
    expect(lines).toMatchObject([
      {
        level: 'ERROR',
        message: { errorType: 'RoomError', errorMessage: 'no such room', stackTrace, room: 3 },
      },
      {
        level: 'WARN',
        message: expect.stringMatching(/^opening failed: RoomError: no such room/) as unknown,
        errorType: 'RoomError',
        errorMessage: 'no such room',
        stackTrace,
      },
    ]);
  });

  it.each([
    ['an error', 'throwsError', { errorType: 'RoomError', errorMessage: 'no such room' }],
    ['a text', 'throwsText', { errorType: 'Error', errorMessage: 'no such room' }],
  ])('says what ended an event: %s', async (_title, name, message) => {
    const { requestId, lines } = await sayInJson(name);
    expect(lines).toMatchObject([{ level: 'ERROR', requestId, message }]);
  });

  it.each<[LogLevel, readonly string[]]>([
    ['TRACE', ['TRACE', 'DEBUG', 'INFO', 'INFO', 'WARN', 'ERROR', 'FATAL']],
    ['INFO', ['INFO', 'INFO', 'WARN', 'ERROR', 'FATAL']],
    ['ERROR', ['ERROR', 'FATAL']],
    ['FATAL', ['FATAL']],
  ])('is written from the level %s on', async (logLevel, levels) => {
    const { lines } = await sayInJson('everyLevel', { logLevel });
    expect(lines.map(({ level }) => level)).toEqual(levels);
  });
});

it('has the level FATAL in plain text too, of which all levels are written', async () => {
  const { invoke, output } = testedFunctions([functionModel('says.everyLevel')]);
  await invoke('says.everyLevel');
  await eventually(() => expect(output.at(-1)?.text).toMatch(/\tFATAL\tsaid$/));
  expect(output).toHaveLength(7);
});

/** What a function wrote in the format JSON before it said that it is done. */
async function sayInJson(name: string, changes: Partial<FunctionModel> = {}) {
  const handler = `says.${name}`;
  const { invoke, output } = testedFunctions([functionModel(handler, { logFormat: 'JSON', ...changes })]);
  const { requestId } = await invoke(handler);
  // Output is in order, so that with a line of a second event all of the first one's are there.
  const second = await invoke(handler);
  await eventually(() => expect(output.map((line) => line.requestId)).toContain(second.requestId));
  const lines = output
    .filter((line) => line.requestId === requestId)
    .map(({ text }) => v.parse(record, JSON.parse(text)));
  return { requestId, lines };
}

const record = v.record(v.string(), v.unknown());

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

it.each([
  ['text', '2026-01-01T00:00:00.000Z\tfirst\tINFO\tlate'],
  ['JSON', '{"timestamp":"2026-01-01T00:00:00.000Z","level":"INFO","requestId":"first","message":"late"}'],
])('gives a line that comes late the event that it names itself, in %s', async (_format, text) => {
  const lines: OutputLine[] = [];
  forwardLines(
    Readable.from([`${text}\n`]),
    'f',
    () => 'second',
    (line) => lines.push(line),
  );
  await eventually(() => expect(lines).toEqual([{ functionName: 'f', requestId: 'first', text }]));
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
