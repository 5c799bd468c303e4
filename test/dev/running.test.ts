import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { announce, findRunning, withdraw } from '../../dev/running.ts';
import { temporaryDirectory } from './support.ts';

const addresses = {
  websocket: 'ws://127.0.0.1:1/live',
  management: 'http://127.0.0.1:1/live',
  lambda: 'http://127.0.0.1:2',
  dynamodb: 'http://127.0.0.1:3',
  notifyFunction: 'notify-fn',
};

describe('the file with the addresses of the running instance', () => {
  test('is found by other commands, and is gone afterwards', async () => {
    const data = await temporaryDirectory();
    await announce(data, process.pid, addresses);
    expect(await findRunning(data)).toMatchObject(addresses);
    await withdraw(data, process.pid);
    await expect(findRunning(data)).rejects.toThrow('Nothing runs on the data folder');
    expect(await readdir(data)).toEqual([]);
  });

  test('is not taken away from an instance that came later', async () => {
    const data = await temporaryDirectory();
    await announce(data, process.pid, addresses);
    await announce(data, process.ppid, { ...addresses, notifyFunction: 'other' });
    await withdraw(data, process.pid);
    expect((await findRunning(data)).notifyFunction).toBe('other');
  });
});
