import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/refusal.ts';
import { attempt } from './conformance/client.ts';
import { connect, connectKnown, ok, post, usual } from './conformance/support.ts';
import { launchLocal } from './local-target.ts';
import { handshakeText, rawClient } from './raw-http.ts';

describe('starting', () => {
  it('refuses a port that is taken, in one sentence', async () => {
    const { gateway } = await launchLocal(usual);
    const second = launchLocal(usual, { port: gateway.port });
    await expect(second).rejects.toThrow(Refusal);
    await expect(second).rejects.toThrow(`Port ${gateway.port} is taken`);
  });

  it('refuses a route selection expression that it cannot read', async () => {
    const start = launchLocal({ ...usual, routeSelectionExpression: '$request.header.x' });
    await expect(start).rejects.toThrow(Refusal);
  });

  it('gives addresses of the stages that there are, and of no other', async () => {
    const { gateway } = await launchLocal(usual);
    expect(gateway.websocketUrl('test')).toBe(`ws://127.0.0.1:${gateway.port}/test`);
    expect(gateway.managementUrl('test')).toBe(`http://127.0.0.1:${gateway.port}/test`);
    expect(() => gateway.websocketUrl('prod')).toThrow('API under-test has no stage "prod"; it has test.');
  });
});

describe('stopping', () => {
  it('closes every connection with 1001 and invokes $disconnect for each', async () => {
    const api = await launchLocal(usual);
    const clients = [await connect(api), await connect(api), await connect(api)];
    await api.gateway.stop();
    for (const { closed } of clients) expect(await closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(api.calls('$disconnect')).toHaveLength(3);
    expect(api.clock.pending()).toBe(0);
  });

  it('waits for the $disconnect functions, which may still post', async () => {
    const api = await launchLocal(usual);
    api.hold('$disconnect');
    await connect(api);
    let stopped = false;
    const stop = api.gateway.stop().then(() => (stopped = true));
    const call = await api.nextCall('$disconnect');
    await expect(post(api, 'JC1dgf9yoAMCK-g=', 'bye')).rejects.toMatchObject({ name: 'GoneException' });
    expect(stopped).toBe(false);
    call.answer(ok);
    await stop;
  });
  it('frees the port, and may be asked for twice', async () => {
    const api = await launchLocal(usual);
    await connectKnown(api);
    await Promise.all([api.gateway.stop(), api.gateway.stop()]);
    expect((await attempt(api.websocketUrl).result).outcome).toBe('failed');
    await api.gateway.stop();
    expect(api.calls('$disconnect')).toHaveLength(1);
    const next = await launchLocal(usual, { port: api.gateway.port });
    expect(next.gateway.port).toBe(api.gateway.port);
    await connect(next);
    expect([api, next].map((each) => each.calls('$connect').length)).toEqual([1, 1]);
  });
});

describe('stopping in hard circumstances', () => {
  it('does not wait longer than its limit for a $disconnect that hangs', async () => {
    const api = await launchLocal(usual, { limits: { stopMilliseconds: 2_000 } });
    api.hold('$disconnect');
    const { closed } = await connect(api);
    let stopped = false;
    const stop = api.gateway.stop().then(() => (stopped = true));
    await api.nextCall('$disconnect');
    api.clock.advance(1_999);
    await expect(post(api, 'JC1dgf9yoAMCK-g=', 'bye')).rejects.toMatchObject({ name: 'GoneException' });
    expect(stopped).toBe(false);
    api.clock.advance(1);
    await stop;
    expect((await closed).code).toBe(1001);
    expect(api.calls('$disconnect')).toHaveLength(1);
    expect((await attempt(api.websocketUrl).result).outcome).toBe('failed');
  });

  it('does not wait longer than its limit for a client that does not answer the close', async () => {
    const api = await launchLocal(usual);
    const { answer } = rawClient(api.gateway.port, handshakeText('GET /test HTTP/1.1'));
    await api.nextCall('$connect');
    const stop = api.gateway.stop();
    await api.nextCall('$disconnect');
    api.clock.advance(3_000);
    await stop;
    expect(await answer).toMatch(/^HTTP\/1\.1 101/);
    expect(api.calls('$disconnect')).toHaveLength(1);
    expect(api.clock.pending()).toBe(0);
  });

  it('closes a connection whose $connect was still running, and admits no new one', async () => {
    const api = await launchLocal(usual);
    api.hold('$connect');
    const { result } = attempt(api.websocketUrl);
    const call = await api.nextCall('$connect');
    const stop = api.gateway.stop();
    expect((await attempt(api.websocketUrl).result).response?.statusCode).toBe(503);
    call.answer(ok);
    const opened = await result;
    await stop;
    expect(opened.outcome).toBe('open');
    expect(api.calls('$disconnect')).toHaveLength(1);
    expect(api.calls('$connect')).toHaveLength(1);
  });
});

describe('a thousand idle connections', () => {
  it('take one timer each and leave none behind', async () => {
    const api = await launchLocal({ routes: ['$default', '$disconnect'] });
    const clients = await Promise.all(Array.from({ length: 1_000 }, () => connect(api)));
    expect(api.clock.pending()).toBe(1_000);
    api.clock.advance(600_000);
    const ends = await Promise.all(clients.map(({ closed }) => closed));
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([1001]));
    expect(api.calls('$disconnect')).toHaveLength(1_000);
    await api.gateway.stop();
    expect(api.clock.pending()).toBe(0);
  });
});
