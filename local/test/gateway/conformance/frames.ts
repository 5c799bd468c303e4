import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { at, bodies, connect, connectKnown, launch, nextAfterMark, usual } from './support.ts';
import type { ConformanceTarget } from './target.ts';

const frameLimit = 32 * 1024;

/** Sends one message as the given frames. */
function sendFrames(socket: WebSocket, frames: readonly string[]): void {
  for (const [index, frame] of frames.entries()) socket.send(frame, { fin: index === frames.length - 1 });
}

function fill(length: number): string {
  return 'a'.repeat(length);
}

export function describeFrames(target: ConformanceTarget): void {
  describe('messages: frames', () => {
    it('39 · closes with 1003 for a binary frame, without an invocation', async () => {
      const api = await launch(target, usual);
      const client = await connect(api);
      client.socket.send(Buffer.from('{"action":"x"}'));
      expect((await client.closed).code).toBe(1003);
      await api.nextCall('$disconnect');
      expect(await api.calls('x')).toHaveLength(0);
      expect(await api.calls('$default')).toHaveLength(0);
    });

    it('40 · takes a frame of 32 KB and closes with 1009 for one byte more', async () => {
      const api = await launch(target, usual);
      const client = await connect(api);
      client.socket.send(fill(frameLimit));
      client.socket.send(fill(frameLimit + 1));
      expect((await client.closed).code).toBe(1009);
      await Promise.all([api.nextCall('$default'), api.nextCall('$disconnect')]);
      expect(await bodies(api, '$default')).toEqual([fill(frameLimit)]);
    });

    it('40 · closes with 1009 when the long frame is a later one of its message', async () => {
      const api = await launch(target, usual);
      const client = await connect(api);
      sendFrames(client.socket, ['a', fill(frameLimit + 1)]);
      expect((await client.closed).code).toBe(1009);
      await api.nextCall('$disconnect');
      expect(await api.calls('$default')).toHaveLength(0);
    });

    it('41 · makes one event of 100 KB in four frames', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      sendFrames(
        client.socket,
        ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(25 * 1024)),
      );
      const { event } = await api.nextCall('$default');
      expect(String(at(event, 'body'))).toHaveLength(100 * 1024);
      expect(String(at(event, 'body'))).toMatch(/^a+b+c+d+$/);
      expect(await nextAfterMark(api, client)).toBe('mark');
      expect(await api.calls('$default')).toHaveLength(1);
    });

    it('42 · takes a message of 128 KB and closes with 1009 for one byte more', async () => {
      const api = await launch(target, usual);
      const client = await connect(api);
      const full = Array.from({ length: 4 }, () => fill(frameLimit));
      sendFrames(client.socket, full);
      const { event } = await api.nextCall('$default');
      expect(String(at(event, 'body'))).toHaveLength(128 * 1024);
      sendFrames(client.socket, [...full, 'a']);
      expect((await client.closed).code).toBe(1009);
      await api.nextCall('$disconnect');
      expect(await api.calls('$default')).toHaveLength(1);
    });
  });
}
