import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { reservePort } from '../../../dev/run/reserved-port.ts';
import { listenLocally } from '../../../local/src/command-line/index.ts';

describe('a reserved port', () => {
  test('is a free one for 0, nobody else gets it, and it is free once released', async () => {
    const reserved = await reservePort(0);
    const refusal = new RegExp(
      `^Port ${reserved.port} is taken.*: .*, or choose another port with --port\\.$`,
    );
    await expect(reservePort(reserved.port)).rejects.toThrow(refusal);
    await reserved.release();
    await reserved.release();
    const server = createServer();
    onTestFinished(() => void server.close());
    expect(await listenLocally(server, reserved.port)).toBe(reserved.port);
  });
});
