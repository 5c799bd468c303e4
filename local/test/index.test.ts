import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { startLocal, type LocalOptions, type Running } from '../src/index.ts';
import { listenLocally } from '../src/listen.ts';
import { Refusal } from '../src/refusal.ts';
import { eventually } from './support/eventually.ts';
import { descendants, isRunning } from './support/running-processes.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const demo = fileURLToPath(new URL('./fixtures/demo-assembly', import.meta.url));

async function started(options: Partial<LocalOptions> = {}): Promise<Running> {
  const running = await startLocal({
    assemblyDirectory: demo,
    dataDirectory: temporaryDirectory(),
    inMemory: true,
    log: () => undefined,
    ...options,
  });
  onTestFinished(() => running.stop());
  return running;
}

/** Sends one message and returns the answer to it. */
function exchange(url: string, message: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.on('open', () => socket.send(message));
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      resolve(data.toString());
      socket.close();
    });
  });
}

describe('an assembly on one machine', () => {
  it('answers on its WebSocket, through the function that its route leads to', async () => {
    const { apis } = await started();
    expect(await exchange(apis[0]?.stages[0]?.websocketUrl ?? '', 'hello')).toBe('heard hello');
  });

  it('answers to the Lambda API', async () => {
    const { lambdaUrl, functions } = await started();
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new LambdaClient({ endpoint: lambdaUrl, region: 'eu-west-1', credentials });
    const inline = functions.find(({ logicalId }) => logicalId === 'Inline')?.name;
    const { Payload: payload } = await client.send(new InvokeCommand({ FunctionName: inline }));
    client.destroy();
    expect(payload?.transformToString()).toBe('"inline"');
  });

  it('says what it does not run, by name when it is asked to', async () => {
    const log: string[] = [];
    await started({ log: (message) => log.push(message) });
    await started({ log: (message) => log.push(message), verbose: true });
    expect(log.filter((line) => line.startsWith('Not run here'))).toEqual([
      'Not run here: AWS::Logs::LogGroup (1).',
      'Not run here: AWS::Logs::LogGroup (ChatLog).',
    ]);
  });

  it('leaves nothing behind when it is stopped, and may be stopped again', async () => {
    const dataDirectory = temporaryDirectory();
    const before = new Set(descendants(process.pid));
    const running = await started({ inMemory: false, dataDirectory });
    const own = descendants(process.pid).filter((pid) => !before.has(pid));
    expect(own).toHaveLength(4);
    await Promise.all([running.stop(), running.stop()]);
    expect(own.filter(isRunning)).toEqual([]);
    expect(existsSync(join(dataDirectory, 'lock'))).toBe(false);
    await expect(fetch(running.lambdaUrl)).rejects.toThrow('fetch failed');
  });

  it('tells when its engine dies, and can be stopped then', async () => {
    const before = new Set(descendants(process.pid));
    const running = await started();
    const own = descendants(process.pid).filter((pid) => !before.has(pid));
    const engine = own.find((pid) => commandOf(pid).includes('dynoxide'));
    process.kill(engine ?? 0, 'SIGKILL');
    expect(await running.died).toMatch(/^The DynamoDB engine ended by itself/);
    await running.stop();
    expect(own.filter(isRunning)).toEqual([]);
  });
});

describe('two instances', () => {
  it('run side by side on different data folders', async () => {
    const [one, two] = await Promise.all([started({ inMemory: false }), started({ inMemory: false })]);
    expect(one.apis[0]?.stages[0]?.websocketUrl).not.toBe(two.apis[0]?.stages[0]?.websocketUrl);
  });

  it('do not run on the same one', async () => {
    const dataDirectory = temporaryDirectory();
    await started({ inMemory: false, dataDirectory });
    const second = started({ inMemory: false, dataDirectory });
    await expect(second).rejects.toThrow(
      `The data folder ${dataDirectory} is in use by process ${process.pid}`,
    );
  });
});

describe('a start that fails leaves nothing behind', () => {
  it('for a port that is taken', async () => {
    const server = createServer();
    const port = await listenLocally(server, 0);
    onTestFinished(() => void server.close());
    expect(await failedStart({ port })).toMatch(new RegExp(`^Port ${port} .*is taken`));
  });

  it('for code that throws while it loads, and the data folder is free again', async () => {
    const dataDirectory = temporaryDirectory();
    const extraEnvironment = {
      NODE_OPTIONS: '--import data:text/javascript,throw%20new%20Error("not%20today")',
    };
    expect(await failedStart({ dataDirectory, extraEnvironment })).toMatch(
      /^Function Chat .* fails while it loads: /,
    );
    expect(existsSync(join(dataDirectory, 'lock'))).toBe(false);
  });

  it('for an engine that is missing', async () => {
    expect(await failedStart({ environment: { DYNOXIDE_BIN: '/nowhere/dynoxide' } })).toMatch(
      /^DYNOXIDE_BIN names/,
    );
  });

  it('for an assembly that is not there', async () => {
    expect(await failedStart({ assemblyDirectory: '/nowhere' })).toMatch(/run "cdk synth"/);
  });
});

/** The sentence with which a start is refused, which must leave no process. */
async function failedStart(options: Partial<LocalOptions>): Promise<string> {
  const before = new Set(descendants(process.pid));
  const refused = await started({ inMemory: false, ...options }).catch((error: unknown) => error);
  await eventually(() => expect(descendants(process.pid).filter((pid) => !before.has(pid))).toEqual([]));
  expect(refused).toBeInstanceOf(Refusal);
  return refused instanceof Refusal ? refused.message : '';
}

function commandOf(pid: number): string {
  if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  return spawnSync('ps', ['-o', 'args=', '-p', String(pid)]).stdout.toString();
}
