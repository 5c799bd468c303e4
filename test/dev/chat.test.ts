import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { announce } from '../../dev/running.ts';
import { listenLocally } from '../../local/src/command-line/index.ts';
import { ended, payloadOf, runDev, spawnNode, temporaryDirectory } from './support.ts';

const ana = ['--user', 'ana', '--hotel', 'grand', '--departments', 'front-desk'];
const at = '2026-11-23T09:30:00.000Z';
const conversation = {
  id: 'c1',
  department: 'front-desk',
  status: 'open',
  guest: { id: 'g1', name: 'Maria' },
  head: 1,
  updatedAt: at,
};

/** A service that knows one conversation, and hangs up when it is told to. */
async function startService(): Promise<{ url: string; tokens: string[] }> {
  const tokens: string[] = [];
  const server = createServer();
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'lobbybee.v1' });
  sockets.on('connection', (socket, request) => {
    tokens.push(request.headers['sec-websocket-protocol']?.split(',')[1] ?? '');
    socket.on('message', (data) => {
      const frame: unknown = JSON.parse(Buffer.isBuffer(data) ? data.toString() : '{}');
      const fields = new Map<string, unknown>(Object.entries(frame ?? {}));
      const id = fields.get('id');
      if (fields.get('action') === 'subscribe') {
        socket.send(
          JSON.stringify({ type: 'subscribed', id, conversation, messages: [], first: 1, more: false }),
        );
      } else if (fields.get('text') === 'hang up') socket.close(1001);
      else {
        const [conversationId, clientMessageId] = ['c1', fields.get('clientMessageId')];
        const sent = {
          type: 'sent',
          id,
          conversationId,
          clientMessageId,
          seq: 1,
          sentAt: at,
          duplicate: false,
        };
        socket.send(JSON.stringify(sent));
      }
    });
  });
  const port = await listenLocally(server, 0);
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate();
    server.close();
    server.closeAllConnections();
  });
  return { url: `ws://127.0.0.1:${port}/live`, tokens };
}

describe('npm run chat', () => {
  test('opens a conversation and says what is piped into it, then leaves', async () => {
    const [service, data] = await Promise.all([startService(), temporaryDirectory()]);
    const run = await runDev('chat.ts', [...ana, '--name', 'Ana', '--url', service.url, '--data', data], {
      input: '/open c1\nGood morning\n',
    });
    expect(run).toEqual({
      code: 0,
      stdout: '* c1, guest Maria, front-desk, open, newest #1\n[c1] #1 09:30Z Ana: Good morning\n',
      stderr: 'Connected; /help lists the commands.\n',
    });
    expect(payloadOf(service.tokens[0] ?? '')).toMatchObject({ sub: 'ana', hotel_id: 'grand', name: 'Ana' });
  });

  test('finds the running instance through its data folder', async () => {
    const [service, data] = await Promise.all([startService(), temporaryDirectory()]);
    const other = { management: '', lambda: '', dynamodb: '', notifyFunction: '' };
    await announce(data, process.pid, { websocket: service.url, ...other });
    const { code, stderr } = await runDev('chat.ts', [...ana, '--data', data], { input: '/quit\n' });
    expect([code, stderr]).toEqual([0, 'Connected; /help lists the commands.\n']);
  });

  test('does not believe the file of an instance that was killed', async () => {
    const data = await temporaryDirectory();
    const gone = spawnNode(['-e', '']);
    await ended(gone);
    const other = { management: '', lambda: '', dynamodb: '', notifyFunction: '' };
    await announce(data, gone.pid ?? 0, { websocket: 'ws://127.0.0.1:1/live', ...other });
    const { code, stderr } = await runDev('chat.ts', [...ana, '--data', data]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Nothing runs on the data folder .*\.\n$/);
    expect(await readdir(data)).toEqual(['running.json']);
  });

  test('says why the connection ended, with exit code 1', async () => {
    const [service, data] = await Promise.all([startService(), temporaryDirectory()]);
    const child = spawnNode(
      ['--import', 'tsx', 'dev/chat.ts', ...ana, '--url', service.url, '--data', data],
      {
        input: '/open c1\nhang up\nnever said\n',
      },
    );
    const { code, stdout, stderr } = await ended(child);
    expect(code).toBe(1);
    expect(stdout).toBe('* c1, guest Maria, front-desk, open, newest #1\n');
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      'The connection ended (1001): it was idle for ten minutes, or two hours old, or the server went away.',
    );
  });

  test.each([
    [[...ana, '--url', 'http://127.0.0.1:1'], /^--url must be a ws:\/\/ or wss:\/\/ address such as .*\.$/],
    [['--token', 'a.b.c', ...ana], /^--token says who chats; leave out the options that describe a user\.$/],
    [['--token', 'two words'], /^--token must be a JWT, as npm run token prints it\.$/],
    [[], /^--user is missing; for example --user ana\.$/],
  ])('%j is refused with one sentence and exit code 2', async (argv, sentence) => {
    const { code, stdout, stderr } = await runDev('chat.ts', argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.trimEnd()).toMatch(sentence);
  });
});
