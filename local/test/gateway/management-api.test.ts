import { LimitExceededException } from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, it, vi } from 'vitest';
import { connectKnown, getConnection, post, usual } from './conformance/support.ts';
import { launchLocal } from './local-target.ts';
import { rawClient, statusOf } from './raw-http.ts';

const authorization = 'authorization: AWS4-HMAC-SHA256 Credential=a/b';

function requestText(method: string, path: string, ...headers: readonly string[]): string {
  return `${[`${method} ${path} HTTP/1.1`, 'host: localhost', authorization, ...headers].join('\r\n')}\r\n\r\n`;
}

describe('@connections', () => {
  it('knows a connection on its own stage alone', async () => {
    const api = await launchLocal(usual, { otherStage: 'other' });
    const { connectionId } = await connectKnown(api);
    const response = await fetch(`${api.gateway.managementUrl('other')}/@connections/${connectionId}`, {
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a/b' },
    });
    expect(response.status).toBe(410);
  });

  it.each([
    ['an unknown stage', 'GET', '/prod/@connections/JC1dgf9yoAMCK-g%3D', 403],
    ['another resource', 'GET', '/test/connections/JC1dgf9yoAMCK-g%3D', 403],
    ['no id', 'GET', '/test/@connections/', 403],
    ['more than an id', 'GET', '/test/@connections/JC1dgf9yoAMCK-g%3D/more', 403],
    ['an id that is encoded twice', 'GET', '/test/@connections/JC1dgf9yoAMCK-g%253D', 400],
    ['an id whose encoding is broken', 'GET', '/test/@connections/JC1dgf9yoAMCK-g%ZZ', 400],
    ['an id with a slash in it', 'GET', '/test/@connections/%2F..%2Fsecret', 400],
  ])('answers a request with %s', async (_name, method, path, status) => {
    const api = await launchLocal(usual);
    const { answer } = rawClient(api.gateway.port, requestText(method, path, 'connection: close'));
    expect(statusOf(await answer)).toBe(status);
  });

  it('answers a method that it does not have with 403 and leaves the connection alone', async () => {
    const api = await launchLocal(usual);
    const client = await connectKnown(api);
    expect((await api.request('PUT', `/@connections/${client.connectionId}`, 'x')).status).toBe(403);
    await post(api, client.connectionId, 'mark');
    expect(await client.next()).toBe('mark');
  });
});

/** Two requests of one meaning: one is plain to the gateway, the other is not. */
async function bothWays(port: number, path: string, body: string): Promise<[string, string]> {
  const length = `content-length: ${body.length}`;
  const once = async (...headers: readonly string[]): Promise<string> => {
    const { socket, answer } = rawClient(port, requestText('POST', path, length, ...headers) + body);
    socket.once('data', () => socket.end());
    const ids = /(x-amzn-RequestId|Date): .*/g;
    return (await answer).replaceAll(ids, '$1');
  };
  return [await once(), await once('x-twice: a', 'x-twice: b')];
}

describe('a body posted to @connections', () => {
  it.each([
    ['an open connection', (id: string) => `/test/@connections/${id}`, 200],
    ['an encoded id', (id: string) => `/test/%40connections/${encodeURIComponent(id)}`, 200],
    ['a connection that is gone', () => '/test/@connections/JC1dgf9yoAMCK-g=', 410],
    ['what is no id', () => '/test/@connections/nobody', 400],
    ['an id beyond ASCII', () => '/test/@connections/%F0%9F%98%80', 400],
    ['an id of Latin letters', () => '/test/@connections/Z%C3%BCrich', 400],
    ['an unknown stage', () => '/prod/@connections/JC1dgf9yoAMCK-g=', 403],
    ['the endpoint itself', () => '/test', 426],
    ['another resource', () => '/test/connections', 403],
  ])('is answered alike, plain request or not, when it is for %s', async (_name, pathOf, status) => {
    const api = await launchLocal(usual);
    const client = await connectKnown(api);
    const [plain, parsed] = await bothWays(api.gateway.port, pathOf(client.connectionId), 'hello');
    expect(plain).toBe(parsed);
    expect(statusOf(plain)).toBe(status);
    if (status !== 200) return;
    expect([await client.next(), await client.next()]).toStrictEqual(['hello', 'hello']);
  });

  it.each([0, 1, 125, 126, 65_535, 65_536])('arrives as it is with %i bytes', async (length) => {
    const api = await launchLocal(usual);
    const client = await connectKnown(api);
    await post(api, client.connectionId, 'x'.repeat(length));
    expect(await client.next()).toBe('x'.repeat(length));
  });

  it('is put together when it comes in pieces', async () => {
    const api = await launchLocal(usual);
    const client = await connectKnown(api);
    const path = `/test/@connections/${client.connectionId}`;
    const { socket } = rawClient(api.gateway.port, requestText('POST', path, 'transfer-encoding: chunked'));
    for (const piece of ['5\r\nhello\r\n', '6\r\n world\r\n', '0\r\n\r\n']) socket.write(piece);
    expect(await client.next()).toBe('hello world');
  });

  it('is refused as soon as it is too long when its length was not stated', async () => {
    const api = await launchLocal(usual);
    const client = await connectKnown(api);
    const path = `/test/@connections/${client.connectionId}`;
    const headers = ['transfer-encoding: chunked', 'connection: close'];
    const { socket, answer } = rawClient(api.gateway.port, requestText('POST', path, ...headers));
    for (let sent = 0; sent < 3; sent += 1) socket.write(`10000\r\n${'a'.repeat(0x10000)}\r\n`);
    socket.write('0\r\n\r\n');
    expect(statusOf(await answer)).toBe(413);
    await post(api, client.connectionId, 'mark');
    expect(await client.next()).toBe('mark');
  });

  it('is refused before it comes when its stated length is too long', async () => {
    const api = await launchLocal(usual);
    const { connectionId } = await connectKnown(api);
    const headers = ['content-length: 131073', 'connection: close'];
    const { answer } = rawClient(
      api.gateway.port,
      requestText('POST', `/test/@connections/${connectionId}`, ...headers),
    );
    expect(statusOf(await answer)).toBe(413);
  });

  it('is not delivered when its sender goes away in the middle', async () => {
    const api = await launchLocal(usual);
    const client = await connectKnown(api);
    const path = `/test/@connections/${client.connectionId}`;
    const { socket, answer } = rawClient(
      api.gateway.port,
      `${requestText('POST', path, 'content-length: 10')}hello`,
    );
    await getConnection(api, client.connectionId);
    socket.destroy();
    await answer;
    await post(api, client.connectionId, 'mark');
    expect(await client.next()).toBe('mark');
  });

  it('is written so that the client can read the frame when it is not UTF-8', async () => {
    const api = await launchLocal(usual);
    const client = await connectKnown(api);
    const path = `/test/@connections/${client.connectionId}`;
    const { socket } = rawClient(api.gateway.port, requestText('POST', path, 'content-length: 3'));
    socket.write(Buffer.from([0x61, 0xff, 0x62]));
    expect(await client.next()).toBe('a\uFFFDb');
  });
});

describe('a client that never reads', () => {
  it('gets no more than its buffer: further posts are LimitExceededException, and others notice nothing', async () => {
    const api = await launchLocal(usual, { limits: { sendBufferBytes: 256 * 1024 } });
    const stuck = await connectKnown(api);
    const other = await connectKnown(api);
    stuck.socket.pause();
    let error: unknown;
    for (let posts = 0; error === undefined && posts < 1_000; posts += 1) {
      error = await post(api, stuck.connectionId, 'a'.repeat(131_072)).then(
        () => undefined,
        (reason: unknown) => reason,
      );
    }
    expect(error).toBeInstanceOf(LimitExceededException);
    expect(error).toMatchObject({ $metadata: { httpStatusCode: 429 } });
    await post(api, other.connectionId, 'mark');
    expect(await other.next()).toBe('mark');
    stuck.socket.resume();
    await vi.waitFor(() => post(api, stuck.connectionId, 'mark'), { timeout: 5_000 });
  });

  it('loses replies for which there is no room, and the log says so', async () => {
    const api = await launchLocal(usual, { limits: { sendBufferBytes: 64 * 1024 } });
    api.script('echo', { returns: { statusCode: 200, body: 'a'.repeat(60_000) } });
    const { socket } = await connectKnown(api);
    socket.pause();
    while (api.log.length === 0) {
      socket.send('{"action":"echo"}');
      await api.nextCall('echo');
    }
    expect(api.log[0]).toContain('was dropped: the client does not read');
  });
});

describe('a client that resets its connection while it is posted to', () => {
  it('leaves the gateway and the others as they were', async () => {
    const api = await launchLocal(usual);
    const other = await connectKnown(api);
    const leaving = await connectKnown(api);
    leaving.socket.pause();
    const posts = Array.from({ length: 20 }, () => post(api, leaving.connectionId, 'a'.repeat(100_000)));
    leaving.socket.terminate();
    await Promise.allSettled(posts);
    await api.nextCall('$disconnect');
    await post(api, other.connectionId, 'mark');
    expect(await other.next()).toBe('mark');
    expect(api.calls('$disconnect')).toHaveLength(1);
  });
});
