import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { takeDataFolder } from '../../local/src/index.ts';
import { listenLocally } from '../../local/src/command-line/index.ts';
import { descendantsOf, isRunning } from './processes.ts';
import { ended, projectRoot, runDev, spawnDev, temporaryDirectory, type Ended } from './support.ts';

interface Started {
  readonly child: ChildProcess;
  /** What it printed as its one line. */
  readonly addresses: Readonly<Record<string, unknown>>;
  /** What was printed after it, and everything else, once it has ended. */
  readonly end: Promise<Ended>;
}

async function startInstance(data: string, ...argv: readonly string[]): Promise<Started> {
  const child = spawnDev('start.ts', ['--port', '0', '--data', data, '--json', ...argv]);
  const { stdout } = child;
  if (stdout === null) throw new Error('a spawned command has a stdout');
  const lines = createInterface({ input: stdout });
  const first = new Promise<string>((resolve) => lines.once('line', resolve));
  const end = ended(child);
  const line = await Promise.race([first, end.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
  const addresses: unknown = JSON.parse(line);
  return { child, addresses: Object.fromEntries(Object.entries(addresses ?? {})), end };
}

/** Ends an instance with a signal and sees that nothing of it is left. */
async function stopped({ child, end }: Started, signal: NodeJS.Signals): Promise<Ended> {
  const processes = await descendantsOf(child.pid ?? 0);
  expect(processes.length).toBeGreaterThan(0);
  child.kill(signal);
  const result = await end;
  await vi.waitFor(
    async () => expect(await Promise.all(processes.map(isRunning))).not.toContain(true),
    patience,
  );
  return result;
}

/** The HTTP status that a page of this origin gets when it connects. */
async function handshake({ addresses }: Started, token: string, origin: string): Promise<number> {
  const socket = new WebSocket(String(addresses['websocket']), ['lobbybee.v1', token], { origin });
  return await new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('upgrade', ({ statusCode = 0 }) => resolve(statusCode));
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
    socket.on('open', () => socket.terminate());
  });
}

async function takenPort(): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  return await listenLocally(server, 0);
}

/** What a start that fails has said. */
async function refusal(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawnDev('start.ts', argv, { environment });
  const { code, stdout, stderr } = await ended(child);
  expect([code, stdout]).toEqual([1, '']);
  return stderr;
}

const text = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const address = (scheme: string, path = ''): unknown =>
  text(new RegExp(`^${scheme}://127\\.0\\.0\\.1:\\d+${path}$`));

// Each start synthesizes and bundles, which takes a busy machine a while.
const patience = { timeout: 30_000 };
const patient = { timeout: 120_000 };

describe('npm start', patient, () => {
  test('prints one line of JSON, serves, keeps its data folder to itself, and ends with nothing left', async () => {
    const data = await temporaryDirectory();
    const instance = await startInstance(data);
    expect(instance.addresses).toEqual({
      websocket: address('ws', '/live'),
      management: address('http', '/live'),
      lambda: address('http'),
      dynamodb: address('http'),
      notifyFunction: text(/Notify/),
    });
    const conversation = ['--hotel', 'grand', '--conversation', 'c1', '--data', data];
    const guest = await runDev('guest.ts', [...conversation, '--department', 'spa', '--text', 'Hello']);
    expect(JSON.parse(guest.stdout)).toMatchObject({ ok: true, type: 'conversation.created', seq: 1 });
    const again = await runDev('guest.ts', [...conversation, '--text', 'Anybody there?']);
    expect(JSON.parse(again.stdout)).toMatchObject({ ok: true, duplicate: false, seq: 2 });
    const ana = ['--user', 'ana', '--hotel', 'grand', '--departments', 'spa', '--data', data];
    const chat = await runDev('chat.ts', ana, { input: '/open c1\nYes, Ana is.\n' });
    expect(chat).toMatchObject({
      code: 0,
      stdout: text(/: Hello\n.*: Anybody there\?\n.* ana: Yes, Ana is\.\n$/),
    });
    const stranger = await runDev('token.ts', [...ana.slice(0, -1), await temporaryDirectory()]);
    const refused = await runDev('chat.ts', ['--token', stranger.stdout.trim(), '--data', data]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('HTTP 401')]);

    const second = await refusal(['--port', '0', '--data', data]);
    expect(second).toMatch(/^The data folder .* is in use by process \d+: .*\.$/m);
    expect(await readFile(join(data, 'running.json'), 'utf8')).toContain(`"pid": ${instance.child.pid}`);

    const { code, stdout } = await stopped(instance, 'SIGTERM');
    expect([code, stdout.split('\n')]).toEqual([0, [JSON.stringify(instance.addresses), '']]);
    expect(await readdir(join(data, 'runs'))).toEqual([]);
    expect(await readdir(data)).not.toContain('running.json');
  });

  test('runs twice side by side on one data folder with tables in memory, each for the pages of its own', async () => {
    const data = await temporaryDirectory();
    const [one, other] = await Promise.all([
      startInstance(data, '--memory', '--origin', 'http://localhost:5173'),
      startInstance(data, '--memory'),
    ]);
    expect(one.addresses['websocket']).not.toBe(other.addresses['websocket']);
    const ana = ['--user', 'ana', '--hotel', 'grand', '--departments', 'spa', '--data', data];
    const token = (await runDev('token.ts', ana)).stdout.trim();
    expect(await handshake(one, token, 'http://localhost:5173')).toBe(101);
    expect(await handshake(one, token, 'http://localhost:3000')).toBe(403);
    expect(await handshake(other, token, 'http://localhost:5173')).toBe(403);
    expect((await stopped(one, 'SIGINT')).code).toBe(0);

    const processes = await descendantsOf(other.child.pid ?? 0);
    const commands = await Promise.all(processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')));
    const engine = processes[commands.findIndex((command) => command.includes('dynoxide'))];
    if (engine === undefined) throw new Error('the instance has no DynamoDB engine');
    process.kill(engine, 'SIGKILL');
    const { code, stderr } = await other.end;
    expect([code, stderr.trimEnd().split('\n').at(-1)]).toEqual([
      1,
      text(/^The DynamoDB engine ended by itself/),
    ]);
    await vi.waitFor(
      async () => expect(await Promise.all(processes.map(isRunning))).not.toContain(true),
      patience,
    );
    expect(await readdir(join(data, 'runs'))).toEqual([]);
  });

  test('gives up a start that is asked to stop, with nothing left of it', async () => {
    const data = await temporaryDirectory();
    const child = spawnDev('start.ts', ['--port', '0', '--data', data]);
    const end = ended(child);
    const synthesis = await vi.waitFor(async () => {
      const found = await descendantsOf(child.pid ?? 0);
      const commands = await Promise.all(
        found.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
      );
      expect(commands.some((command) => command.includes('bin/app.ts'))).toBe(true);
      return found;
    }, patience);
    child.kill('SIGTERM');
    expect(await end).toEqual({ code: 0, stdout: '', stderr: '' });
    await vi.waitFor(
      async () => expect(await Promise.all(synthesis.map(isRunning))).not.toContain(true),
      patience,
    );
    expect(await readdir(join(data, 'runs'))).toEqual([]);
  });
});

describe('npm start refuses in one sentence, with nothing left of it,', patient, () => {
  test('a port that is taken', async () => {
    const [data, port] = await Promise.all([temporaryDirectory(), takenPort()]);
    expect(await refusal(['--port', String(port), '--data', data])).toMatch(
      new RegExp(
        `^Port ${port} is taken by process ${process.pid} \\(.*\\): stop it, or choose another port with --port\\.\n$`,
      ),
    );
    expect(await readdir(data)).toEqual([]);
  });

  test('a data folder that is in use, before anything is made of the stack', async () => {
    const data = await temporaryDirectory();
    const folder = takeDataFolder(data);
    expect(await refusal(['--port', '0', '--data', data])).toBe(
      `The data folder ${data} is in use by process ${process.pid}: stop that one, or choose another folder.\n`,
    );
    expect(await readdir(data)).toEqual(['lock']);
    folder.release();
  });

  test('a system that has no room for the assembly', async () => {
    const data = await temporaryDirectory();
    const start = `ulimit -f 200; exec "${process.execPath}" --import tsx dev/start.ts --port 0 --data "${data}"`;
    const child = spawn('/bin/sh', ['-c', start], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await ended(child)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'The stack cannot be synthesized. A file would be larger than this system allows: raise its limit (ulimit -f).\n',
    });
    expect(await readdir(join(data, 'runs'))).toEqual([]);
  });

  test('a damaged key', async () => {
    const data = await temporaryDirectory();
    await mkdir(join(data, 'keys'));
    await writeFile(join(data, 'keys', 'tls.pem'), 'x');
    expect(await refusal(['--port', '0', '--data', data])).toMatch(
      /^The TLS identity .* is damaged; .*\.\n$/,
    );
    expect(await readdir(data)).toEqual(['keys']);
  });

  test('context that the stack refuses, in the words of the stack', async () => {
    const data = await temporaryDirectory();
    expect(await refusal(['--port', '0', '--data', data, '-c', 'stage=a/b'])).toMatch(
      /^Context stage is "a\/b", but must be .*\.\n$/,
    );
    expect(await readdir(join(data, 'runs'))).toEqual([]);
  });

  test('a DynamoDB engine that is not there', async () => {
    const data = await temporaryDirectory();
    const stderr = await refusal(['--port', '0', '--data', data], { DYNOXIDE_BIN: '/nowhere/dynoxide' });
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(/^DYNOXIDE_BIN.*\.$/)]);
    expect(await readdir(data)).toEqual([]);
  });
});

test.each([
  [['--prot', '1'], /^There is no option --prot; there are .*\.$/],
  [['--port', 'x'], /^--port must be a whole number from 0 to 65535, not "x"\.$/],
  [['-c', 'stage'], /^-c must be followed by KEY=VALUE such as stage=try, not "stage"\.$/],
])('npm start %j is refused with one sentence and exit code 2', async (argv, sentence) => {
  const { code, stdout, stderr } = await runDev('start.ts', argv);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.trimEnd()).toMatch(sentence);
});
