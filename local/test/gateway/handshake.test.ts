import { describe, expect, it } from 'vitest';
import { attempt } from './conformance/client.ts';
import { at, connect, refusedStatus, usual } from './conformance/support.ts';
import { launchLocal } from './local-target.ts';
import { handshakeText, rawClient, statusOf } from './raw-http.ts';

describe('a malformed handshake', () => {
  it.each<[string, string, Readonly<Record<string, string | undefined>>, number]>([
    ['another method', 'POST /test HTTP/1.1', {}, 400],
    ['another protocol', 'GET /test HTTP/1.1', { upgrade: 'h2c' }, 400],
    ['no key', 'GET /test HTTP/1.1', { 'sec-websocket-key': undefined }, 400],
    ['a key that is too short', 'GET /test HTTP/1.1', { 'sec-websocket-key': 'c2hvcnQ=' }, 400],
    ['no version', 'GET /test HTTP/1.1', { 'sec-websocket-version': undefined }, 400],
    ['an old version', 'GET /test HTTP/1.1', { 'sec-websocket-version': '8' }, 400],
    ['an empty sub-protocol', 'GET /test HTTP/1.1', { 'sec-websocket-protocol': 'a,,b' }, 400],
    ['a sub-protocol twice', 'GET /test HTTP/1.1', { 'sec-websocket-protocol': 'a, a' }, 400],
    ['a stage that does not exist', 'GET /prod HTTP/1.1', {}, 403],
    ['no stage', 'GET / HTTP/1.1', {}, 403],
    ['more than a stage', 'GET /test/more HTTP/1.1', {}, 403],
    ['a whole URL', 'GET http://127.0.0.1/test HTTP/1.1', {}, 403],
    ['a long URL', `GET /test?${'a'.repeat(4100)} HTTP/1.1`, {}, 414],
    ['a method that HTTP does not know', 'NONSENSE /test HTTP/1.1', {}, 400],
  ])('with %s invokes nothing', async (_name, requestLine, headers, status) => {
    const api = await launchLocal(usual);
    const { answer } = rawClient(api.gateway.port, handshakeText(requestLine, headers));
    expect(statusOf(await answer)).toBe(status);
    expect(api.calls('$connect')).toHaveLength(0);
  });

  it('that stops in its middle does not keep others from connecting', async () => {
    const api = await launchLocal(usual);
    const { socket, answer } = rawClient(api.gateway.port, 'GET /test HTTP/1.1\r\nhost: 127');
    await connect(api);
    expect([socket.bytesRead, api.calls('$connect').length]).toEqual([0, 1]);
    socket.destroy();
    expect(await answer).toBe('');
    await connect(api);
    expect([api.calls('$connect').length, api.calls('$disconnect').length]).toEqual([2, 0]);
  });
});

describe('a handshake', () => {
  it('gives lower-case header names their canonical case', async () => {
    const api = await launchLocal(usual);
    rawClient(api.gateway.port, handshakeText('GET /test HTTP/1.1', { 'user-agent': 'raw/1', 'x-own': 'v' }));
    const { event } = await api.nextCall('$connect');
    expect(at(event, 'headers')).toMatchObject({
      Host: 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version': '13',
      'User-Agent': 'raw/1',
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Proto': 'https',
      'x-own': 'v',
    });
    expect(at(event, 'headers')).not.toHaveProperty('host');
    expect(at(event, 'requestContext.identity')).toEqual({ userAgent: 'raw/1', sourceIp: '127.0.0.1' });
  });

  it('may be followed by a message in the same packet', async () => {
    const api = await launchLocal(usual);
    const masked = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]).toString('latin1');
    const { socket } = rawClient(api.gateway.port, '');
    socket.write(handshakeText('GET /test HTTP/1.1') + masked, 'latin1');
    const { event } = await api.nextCall('$default');
    expect(at(event, 'body')).toBe('hi');
  });

  it.each([
    ['nothing', null],
    ['no statusCode', { body: 'welcome' }],
    ['a statusCode that is no status', { statusCode: 42 }],
    [
      'a sub-protocol that would break the answer',
      { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'a\r\nb' } },
    ],
  ])('ends with 502 when $connect returns %s', async (_name, returns) => {
    const api = await launchLocal(usual);
    api.script('$connect', { returns });
    expect(await refusedStatus(api)).toBe(502);
    expect(api.log).toHaveLength(1);
  });

  it('takes a status written as text, and the sub-protocol in whatever case of the header', async () => {
    const api = await launchLocal(usual);
    api.script('$connect', { returns: { statusCode: '200', headers: { 'sec-websocket-protocol': 'v1' } } });
    const { response, outcome } = await attempt(api.websocketUrl, { protocols: ['v1'] }).result;
    expect(outcome).toBe('open');
    expect(response?.headers['sec-websocket-protocol']).toBe('v1');
  });

  it('offers no compression, whatever the client asks for', async () => {
    const api = await launchLocal(usual);
    const extensions = { 'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits' };
    const { socket, answer } = rawClient(api.gateway.port, handshakeText('GET /test HTTP/1.1', extensions));
    socket.once('data', () => socket.end());
    expect(statusOf(await answer)).toBe(101);
    expect((await answer).toLowerCase()).not.toContain('sec-websocket-extensions');
  });
});
