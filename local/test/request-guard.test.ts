import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startLocal, type Running } from '../src/index.ts';
import { requestGuard } from '../src/request-guard.ts';

describe('a request to a port of this machine', () => {
  const guard = requestGuard(['api.execute-api.eu-west-1.amazonaws.com']);

  it.each([
    { host: '127.0.0.1:4510' },
    { host: 'localhost:4510' },
    { host: 'LOCALHOST:4510' },
    { host: '[::1]:4510' },
    { host: '127.0.0.1' },
    { host: '127.0.0.1:8080' },
    { host: 'api.execute-api.eu-west-1.amazonaws.com' },
    { host: 'API.execute-api.eu-west-1.amazonaws.com:443' },
    { host: '127.0.0.1:4510', origin: 'http://127.0.0.1:4510' },
    { host: '127.0.0.1:4510', fetchSite: 'same-origin' },
    { host: '127.0.0.1:4510', fetchSite: 'none' },
  ])('may be answered when it says %j', (provenance) => {
    expect(guard(provenance)).toBeUndefined();
  });

  it.each([
    'evil.example',
    'evil.example:4510',
    '127.0.0.1.evil.example:4510',
    'evil.example#127.0.0.1:4510',
    '127.0.0.1:4510:4510',
    '127.0.0.2:4510',
    'other.execute-api.eu-west-1.amazonaws.com',
    '',
  ])('is refused for the Host "%s", with the names that would be right', (host) => {
    expect(guard({ host })).toBe(
      `The request names "${host}", but this port answers only to 127.0.0.1, localhost and [::1].`,
    );
  });

  it('is refused without a Host', () => {
    expect(guard({ host: undefined })).toMatch(/^The request names no host, but /);
  });

  it.each([
    'http://evil.example',
    'http://127.0.0.1:5173',
    'http://localhost:4510',
    'https://127.0.0.1:4510.evil.example',
    'null',
    '',
  ])('is refused from a page of the Origin "%s"', (origin) => {
    expect(guard({ host: '127.0.0.1:4510', origin })).toBe(
      `The request comes from a page of "${origin}", but this port answers programs and no pages.`,
    );
  });

  it.each(['cross-site', 'same-site'])(
    'is refused from a page that is %s, though it has no Origin',
    (fetchSite) => {
      expect(guard({ host: '127.0.0.1:4510', fetchSite })).toMatch(
        /^The request comes from a page of another/,
      );
    },
  );

  it('is refused in a sentence that a terminal may show, of bounded length', () => {
    const sentence = guard({ host: `\u001b[31m${'x'.repeat(10_000)}` }) ?? '';
    expect(sentence).not.toMatch(/\p{Cc}/u);
    expect(sentence.length).toBeLessThan(300);
  });
});

describe('each port of a run', () => {
  let running: Running | undefined;
  let dataDirectory: string;
  beforeAll(async () => {
    const assemblyDirectory = fileURLToPath(new URL('./fixtures/demo-assembly', import.meta.url));
    dataDirectory = mkdtempSync(join(tmpdir(), 'local-run-'));
    running = await startLocal({ assemblyDirectory, dataDirectory, inMemory: true, log: () => undefined });
  });
  afterAll(async () => {
    await running?.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  const ports = ['@connections', 'Lambda', 'DynamoDB'] as const;
  const urlOf = (port: (typeof ports)[number]): URL => {
    const [stage] = running?.apis[0]?.stages ?? [];
    const url = {
      '@connections': stage?.managementUrl,
      Lambda: running?.lambdaUrl,
      DynamoDB: running?.dynamodbUrl,
    };
    return new URL(url[port] ?? '');
  };
  /** What the port answers to these headers; the request comes in one piece, or in two as only a full parser reads. */
  const answerTo = (port: (typeof ports)[number], headers: readonly string[], pieces: 'one' | 'two') => {
    const { hostname, port: number, pathname } = urlOf(port);
    const socket = connect(Number(number), hostname);
    const request = [`POST ${pathname} HTTP/1.1`, ...headers, 'Content-Length: 2', '', '{}'].join('\r\n');
    socket.write(request.slice(0, pieces === 'one' ? undefined : -2));
    if (pieces === 'two') socket.once('connect', () => setImmediate(() => socket.write('{}')));
    return text(socket);
  };

  const strangers = [
    ['a foreign Host', ['Host: evil.example']],
    ['a foreign Origin', ['Host: localhost', 'Origin: http://evil.example']],
    ['an image of a foreign page', ['Host: localhost', 'Sec-Fetch-Site: cross-site']],
  ] as const;
  const all = ports.flatMap((port) =>
    strangers.flatMap(([what, headers]) => [
      [port, what, 'one', headers] as const,
      [port, what, 'two', headers] as const,
    ]),
  );
  it.each(all)('of %s refuses %s, in %s piece', async (port, _what, pieces, headers) => {
    const answer = await answerTo(port, headers, pieces);
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(answer).toMatch(/"message":"The request (names|comes from)/);
    expect(answer.toLowerCase()).not.toContain('access-control-allow');
  });

  /** The status that a handshake with these headers ends with. */
  const handshake = (headers: Readonly<Record<string, string>>): Promise<number> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(running?.apis[0]?.stages[0]?.websocketUrl ?? '', { headers });
      socket.on('error', reject);
      socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
      socket.on('upgrade', ({ statusCode = 0 }) => resolve(statusCode));
      socket.on('open', () => socket.close());
    });

  it('opens no WebSocket to a name that somebody else lets lead here', async () => {
    expect(await handshake({ Host: 'evil.example:4510' })).toBe(403);
  });

  it('lets the application decide from which pages a WebSocket is opened', async () => {
    expect(await handshake({ Origin: 'http://localhost:5173', 'Sec-Fetch-Site': 'same-site' })).toBe(101);
  });

  it('opens a WebSocket to the name that the API has in AWS', async () => {
    const { id = '' } = running?.apis[0] ?? {};
    expect(await handshake({ Host: `${id}.execute-api.eu-west-1.amazonaws.com` })).toBe(101);
  });
});
