import { describe, expect, it, vi } from 'vitest';
import { attempt } from './client.ts';
import {
  at,
  connect,
  connectionIdOf,
  connectKnown,
  deleteConnection,
  launch,
  ok,
  post,
  usual,
} from './support.ts';
import type { ApiUnderTest, ConformanceTarget } from './target.ts';

const idle = 600_000;
const goneException = { name: 'GoneException' };

export function describeLifeCycle(target: ConformanceTarget): void {
  describeExpiry(target);
  describeEnds(target);
  describeBrokenEnds(target);
}

async function disconnectStatus(api: ApiUnderTest): Promise<{ code: unknown; reason: unknown }> {
  const { event } = await api.nextCall('$disconnect');
  return {
    code: at(event, 'requestContext.disconnectStatusCode'),
    reason: at(event, 'requestContext.disconnectReason'),
  };
}

function describeExpiry(target: ConformanceTarget): void {
  describe('life cycle: expiry', () => {
    it('44 · closes with 1001 after 600 s without a frame, then invokes $disconnect', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      await api.passTime(idle - 1);
      expect(await api.calls('$disconnect')).toHaveLength(0);
      await api.passTime(1);
      expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
      expect(await disconnectStatus(api)).toEqual({ code: 1001, reason: 'Going away' });
      await expect(post(api, client.connectionId, 'late')).rejects.toMatchObject(goneException);
    });

    it('45 · closes a busy connection after 7200 s, then invokes $disconnect', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      for (let passed = 0; passed < 7_200_000 - 500_000; passed += 500_000) {
        await api.passTime(500_000);
        await post(api, client.connectionId, 'busy');
        expect(await client.next()).toBe('busy');
      }
      expect(await api.calls('$disconnect')).toHaveLength(0);
      await api.passTime(200_000);
      await client.closed;
      await api.nextCall('$disconnect');
      await expect(post(api, client.connectionId, 'late')).rejects.toMatchObject(goneException);
    });

    it('46 · counts the idle time from the last frame of the client', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      await api.passTime(idle - 1_000);
      client.socket.send('{"action":"x"}');
      await api.nextCall('x');
      await api.passTime(idle - 1_000);
      expect(await api.calls('$disconnect')).toHaveLength(0);
      await api.passTime(1_000);
      expect((await client.closed).code).toBe(1001);
    });

    it('46 · counts the idle time from the last frame to the client', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      await api.passTime(idle - 1_000);
      await post(api, client.connectionId, 'still there?');
      await api.passTime(idle - 1_000);
      expect(await api.calls('$disconnect')).toHaveLength(0);
      await api.passTime(1_000);
      expect((await client.closed).code).toBe(1001);
    });
  });
}

function describeEnds(target: ConformanceTarget): void {
  describe('life cycle: ends', () => {
    it("47 · invokes $disconnect once with the client's status and reason", async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      client.socket.close(4000, 'done for today');
      expect(await disconnectStatus(api)).toEqual({ code: 4000, reason: 'done for today' });
      await client.closed;
      await expect(post(api, client.connectionId, 'late')).rejects.toMatchObject(goneException);
      expect(await api.calls('$disconnect')).toHaveLength(1);
    });

    it('47 · reports 1005 when the client gave no status', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      client.socket.close();
      const expected = { code: 1005, reason: 'Client-side close frame status not set' };
      expect(await disconnectStatus(api)).toEqual(expected);
    });

    it('48 · closes with 1000 for a DELETE, and $disconnect hears the same', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      await deleteConnection(api, client.connectionId);
      expect((await client.closed).code).toBe(1000);
      expect(await disconnectStatus(api)).toEqual({ code: 1000, reason: 'Connection Closed Normally' });
      expect(await api.calls('$disconnect')).toHaveLength(1);
    });
  });
}

function describeBrokenEnds(target: ConformanceTarget): void {
  describe('life cycle: broken ends', () => {
    it('49 · reports 1006 for a connection that was cut without a close frame', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      client.socket.terminate();
      expect((await disconnectStatus(api)).code).toBe(1006);
    });

    it('50 · leaves everyone else alone when $disconnect throws', async () => {
      const api = await launch(target, usual);
      await api.script('$disconnect', { throws: 'broken' });
      const leaving = await connectKnown(api);
      const staying = await connectKnown(api);
      leaving.socket.close();
      await api.nextCall('$disconnect');
      await post(api, staying.connectionId, 'still here');
      expect(await staying.next()).toBe('still here');
      await connect(api);
    });

    it('51 · survives a client that goes away while $connect runs, and keeps nothing of it', async () => {
      const api = await launch(target, usual);
      await api.hold('$connect');
      const { socket, result } = attempt(api.websocketUrl);
      const call = await api.nextCall('$connect');
      socket.terminate();
      await result;
      await call.answer(ok);
      await api.script('$connect', ok);
      const other = await connectKnown(api);
      const gone = connectionIdOf(call.event);
      const answersGone = () => expect(post(api, gone, 'anyone?')).rejects.toMatchObject(goneException);
      await vi.waitFor(answersGone, { timeout: 5_000 });
      await post(api, other.connectionId, 'still here');
      expect(await other.next()).toBe('still here');
    });
  });
}
