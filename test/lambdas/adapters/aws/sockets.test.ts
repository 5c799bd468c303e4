import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createSecureServer } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { NoAnswer, Sockets } from '../../../../lambdas/adapters/aws/sockets.ts';
import { loadServerIdentity } from '../../../../dev/issuer/server-identity.ts';
import { listenLocally } from '../../../../local/src/command-line/index.ts';
import { ended, spawnNode } from '../../../dev/support.ts';

const request = 'GET / HTTP/1.1\r\nhost: here\r\n\r\n';
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A server that does with each request what it is told, by the number of the connection and of the request on it. */
async function served(answer: (socket: Socket, connection: number, nth: number) => void) {
  const accepted: Socket[] = [];
  const requests: string[] = [];
  const server = createServer((socket) => {
    const connection = accepted.push(socket);
    let nth = 0;
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      requests.push(data.toString());
      answer(socket, connection, ++nth);
    });
  });
  const port = await listenLocally(server, 0);
  const sockets = new Sockets(new URL(`http://127.0.0.1:${port}`));
  onTestFinished(async () => {
    sockets.close();
    for (const socket of accepted) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  return { accepted, requests, sockets };
}

const asked = (sockets: Sockets) => sockets.exchange(request, 5000).then(({ body }) => body.toString());

it('sends the request as it is, and one after the other over one connection', async () => {
  const { accepted, requests, sockets } = await served((socket) => socket.write(ok));
  for (let n = 0; n < 5; n++) expect(await asked(sockets)).toBe('ok');
  expect(accepted).toHaveLength(1);
  expect(requests).toEqual(Array.from({ length: 5 }, () => request));
});

it('sends those that are under way together over connections of their own, and keeps those', async () => {
  const waiting: Socket[] = [];
  const { accepted, sockets } = await served((socket) => {
    if (waiting.push(socket) === 3) for (const each of waiting.splice(0)) each.write(ok);
  });
  for (const _ of [1, 2]) {
    expect(await Promise.all([asked(sockets), asked(sockets), asked(sockets)])).toEqual(['ok', 'ok', 'ok']);
  }
  expect(accepted).toHaveLength(3);
});

it('opens another connection where the server closes the one it had, before or during a request', async () => {
  const { accepted, sockets } = await served((socket, connection, nth) => {
    if (nth === 1) socket.write(ok);
    else if (connection === 1) socket.destroy();
    else socket.end();
  });
  expect(await asked(sockets)).toBe('ok');
  expect(await asked(sockets)).toBe('ok');
  expect(await asked(sockets)).toBe('ok');
  expect(accepted).toHaveLength(3);
  // Nothing is under way when this one closes.
  for (const socket of accepted) socket.end();
  expect(await asked(sockets)).toBe('ok');
});

it('does not send again what a new connection broke off', async () => {
  const { requests, sockets } = await served((socket) => socket.destroy());
  await expect(asked(sockets)).rejects.toBeInstanceOf(NoAnswer);
  expect(requests).toHaveLength(1);
});

it('does not send again what an answer had begun to come to, or what was not answered in time', async () => {
  for (const broken of [(socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-'), () => undefined]) {
    const { requests, sockets } = await served((socket, _, nth) => {
      if (nth === 1) socket.write(ok);
      else broken(socket);
    });
    await asked(sockets);
    await expect(sockets.exchange(request, 100)).rejects.toBeInstanceOf(NoAnswer);
    expect(requests).toHaveLength(2);
  }
});

it('does not use a connection again that was not answered in time, or on which something came unasked', async () => {
  const { accepted, sockets } = await served((socket, connection) => {
    if (connection > 1) socket.write(ok + ok);
  });
  await expect(sockets.exchange(request, 100)).rejects.toThrow('no answer within 100 ms');
  expect(await asked(sockets)).toBe('ok');
  expect(await asked(sockets)).toBe('ok');
  expect(accepted).toHaveLength(3);
});

it('gives the connection that takes the place of a broken one only the time that is left', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  let isSettled = false;
  const settledEarly: boolean[] = [];
  const { accepted, sockets } = await served((socket, connection, nth) => {
    if (connection === 1 && nth === 1) socket.write(ok);
    else if (connection === 1) {
      vi.advanceTimersByTime(300);
      socket.destroy();
    } else {
      vi.advanceTimersByTime(99);
      // What was rejected by then is heard of in a microtask.
      setImmediate(() => {
        settledEarly.push(isSettled);
        vi.advanceTimersByTime(1);
        socket.write(ok);
      });
    }
  });
  await asked(sockets);
  const answer = sockets.exchange(request, 400).finally(() => (isSettled = true));
  await expect(answer).rejects.toThrow('no answer within 400 ms');
  expect(settledEarly).toEqual([false]);
  expect(accepted).toHaveLength(2);
});

it('takes nothing for an answer that came before there was a request, and uses such a connection no more', async () => {
  const { accepted, requests, sockets } = await served((socket) => socket.write(ok));
  await asked(sockets);
  const unasked = 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nunasked';
  await new Promise((written) => setImmediate(written));
  accepted[0]?.write(unasked);
  expect(await asked(sockets)).toBe('ok');
  expect(accepted).toHaveLength(2);
  expect(requests).toHaveLength(2);
});

it('takes nothing for an answer that a new connection begins with', async () => {
  const server = createServer((socket) => socket.on('error', () => undefined).write(ok));
  const port = await listenLocally(server, 0);
  onTestFinished(() => void server.close());
  await expect(asked(new Sockets(new URL(`http://127.0.0.1:${port}`)))).rejects.toThrow('had asked for');
});

const hasIpv6 = networkInterfaces()['lo']?.some(({ address }) => address === '::1') ?? false;

it.skipIf(!hasIpv6)('finds a server by an IPv6 address', async () => {
  const server = createServer((socket) => socket.on('data', () => socket.end(ok)));
  await new Promise<void>((listening) => server.listen(0, '::1', listening));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  expect(await asked(new Sockets(new URL(`http://[::1]:${port}`)))).toBe('ok');
});

it('takes a new connection where it is asked for one', async () => {
  const { accepted, sockets } = await served((socket) => socket.write(ok));
  await asked(sockets);
  await sockets.exchange(request, 5000, { fresh: true });
  expect(accepted).toHaveLength(2);
});

it('has no answer where the answer is no HTTP', async () => {
  const { sockets } = await served((socket) => socket.write('220 smtp ready\r\n\r\n'));
  await expect(asked(sockets)).rejects.toMatchObject({
    name: 'NoAnswer',
    cause: { name: 'MalformedResponse' },
  });
});

it('has no answer where nobody listens, and says why', async () => {
  const { sockets, accepted } = await served(() => undefined);
  const closed = new Sockets(new URL('http://127.0.0.1:1'));
  await expect(asked(closed)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  expect(accepted).toEqual([]);
  sockets.close();
});

/** Asks three times in a process of its own, because certificate authorities are read when a process starts. */
async function askedElsewhere(url: string, authorityFile: string): Promise<string> {
  const script = `
    import { Sockets } from ${JSON.stringify(new URL('../../../../lambdas/adapters/aws/sockets.ts', import.meta.url).href)};
    const sockets = new Sockets(new URL(process.argv[1]));
    const ask = () => sockets.exchange('GET / HTTP/1.1\\r\\nhost: here\\r\\n\\r\\n', 5000).then(
      ({ status, body }) => status + ' ' + body, ({ cause }) => cause.code);
    process.stdout.write([await ask(), await ask(), await ask()].join());`;
  const argv = ['--import', 'tsx', '--input-type=module', '-e', script, url];
  return (await ended(spawnNode(argv, { environment: { NODE_EXTRA_CA_CERTS: authorityFile } }))).stdout;
}

it('speaks TLS over a connection that it keeps, and to nobody without a certificate that is trusted', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lobbybee-sockets-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const { privateKey: key, certificate: cert, authority } = await loadServerIdentity(directory, Date.now());
  const ports = new Set<number | undefined>();
  const server = createSecureServer({ key, cert }, (incoming, response) => {
    ports.add(incoming.socket.remotePort);
    response.end('naïve 🐝');
  });
  const port = await listenLocally(server, 0);
  onTestFinished(() => new Promise<void>((closed) => server.close(() => closed())));
  const authorityFile = join(directory, 'authority.pem');
  await writeFile(authorityFile, authority);
  const url = `https://127.0.0.1:${port}`;
  expect(await askedElsewhere(url, authorityFile)).toBe('200 naïve 🐝,200 naïve 🐝,200 naïve 🐝');
  expect(ports.size).toBe(1);
  expect(await askedElsewhere(url, '')).toMatch(/^(UNABLE_TO_VERIFY_LEAF_SIGNATURE,?){3}$/);
});
