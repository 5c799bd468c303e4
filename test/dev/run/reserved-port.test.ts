import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { reservePort } from '../../../dev/run/reserved-port.ts';
import { listenLocally } from '../../../local/listen.ts';

describe('a reserved port', () => {
  test('is a free one for 0, nobody else gets it, and it is free once released', async () => {
    const reserved = await reservePort(0);
    const refusal = `Port ${reserved.port} is taken: stop what listens there, or choose another port.`;
    await expect(reservePort(reserved.port)).rejects.toThrow(refusal);
    await reserved.release();
    await reserved.release();
    const server = createServer();
    onTestFinished(() => void server.close());
    expect(await listenLocally(server, reserved.port)).toBe(reserved.port);
  });
});
