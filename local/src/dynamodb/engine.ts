import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListTablesCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { listenLocally } from '../listen.ts';
import type { KeptProcess, ProcessKeeper } from '../processes.ts';
import { Refusal } from '../refusal.ts';
import type { EngineLocation } from './engine-location.ts';

export interface EngineOptions {
  readonly location: EngineLocation;
  readonly keeper: ProcessKeeper;
  /** Where tables are kept; absent keeps them in memory. Without effect on an engine that runs already. */
  readonly databaseFile?: string;
  /** Makes a client for an endpoint. */
  connect(url: string): DynamoDBClient;
  /** Called once when the engine ends although nobody stopped it, with a sentence that says so. */
  onDeath(sentence: string): void;
}

export interface Engine {
  readonly url: string;
  readonly client: DynamoDBClient;
  /** Absent for an engine that is not ours. */
  readonly pid?: number;
  /** Settles when an engine of ours has written what it holds and is gone. */
  stop(): Promise<void>;
}

/** Another program may take the port between the choice of a free one and the engine's start. */
const portAttempts = 3;
const answerTimeoutMilliseconds = 10_000;
const foreignTimeoutMilliseconds = 3_000;
const graceMilliseconds = 3_000;

/** @throws Refusal when the engine cannot be started or does not answer. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  if (options.location.kind === 'endpoint') return useRunning(options.location.url, options);
  const { path } = options.location;
  for (let attempt = 1; ; attempt += 1) {
    const started = await startBinary(path, options);
    if (started.kind === 'running') return started.engine;
    if (attempt === portAttempts || !started.output.includes('already in use')) {
      throw new Refusal(reasonOf(started.output, options));
    }
  }
}

/** The engine takes a damaged file for one that somebody encrypted, and advises on that. */
function reasonOf(output: string, { location, databaseFile }: EngineOptions): string {
  if (databaseFile !== undefined && /not a (?:valid SQLite )?database|malformed/i.test(output))
    return `${databaseFile} is no database of this program, or it is damaged; remove it to begin anew, or choose another data folder.`;
  const engine = location.kind === 'binary' ? location.path : location.url;
  return `The DynamoDB engine ${engine} does not start: ${lastLine(output)}`;
}

async function useRunning(url: string, options: EngineOptions): Promise<Engine> {
  const client = options.connect(url);
  if (!(await answers(client, AbortSignal.timeout(foreignTimeoutMilliseconds)))) {
    client.destroy();
    throw new Refusal(
      `Nothing answers at DYNAMODB_ENDPOINT ${url} as DynamoDB does; start DynamoDB Local there.`,
    );
  }
  return { url, client, stop: () => Promise.resolve(client.destroy()) };
}

type Started =
  { readonly kind: 'running'; readonly engine: Engine } | { readonly kind: 'ended'; readonly output: string };

async function startBinary(path: string, options: EngineOptions): Promise<Started> {
  const host = engineHost();
  const port = await freePort(host);
  const storage = options.databaseFile === undefined ? [] : ['--db-path', options.databaseFile];
  const args = ['serve', '--host', host, '--port', String(port), ...storage];
  const child = await options.keeper.spawn(path, args, { environment: {} }).catch((cause: unknown) => {
    throw new Refusal(`The DynamoDB engine ${path} cannot be started: ${String(cause)}`, { cause });
  });
  const output = collect(child);
  const url = `http://${host}:${port}`;
  const client = options.connect(url);
  const given = new AbortController();
  const ended = child.exited.then(() => given.abort());
  // An engine that ended because the port was taken must not be mistaken for the one that took it.
  const ready = (await answers(client, given.signal)) && !given.signal.aborted;
  if (ready) return { kind: 'running', engine: ownEngine({ url, client, child, output, options }) };
  client.destroy();
  child.signal('SIGKILL');
  await ended;
  return { kind: 'ended', output: output() };
}

interface OwnEngine {
  readonly url: string;
  readonly client: DynamoDBClient;
  readonly child: KeptProcess;
  readonly output: () => string;
  readonly options: EngineOptions;
}

function ownEngine({ url, client, child, output, options }: OwnEngine): Engine {
  let stopping = false;
  const watch = async (): Promise<void> => {
    const { code, signal } = await child.exited;
    const reason = signal === null ? `exit status ${code ?? 'unknown'}` : `signal ${signal}`;
    if (!stopping)
      options.onDeath(
        `The DynamoDB engine ended by itself (${reason}); the last that it wrote: ${lastLine(output())}`,
      );
  };
  void watch();
  return {
    url,
    client,
    pid: child.pid,
    async stop() {
      stopping = true;
      client.destroy();
      child.signal('SIGTERM');
      const timer = setTimeout(() => child.signal('SIGKILL'), graceMilliseconds);
      await child.exited;
      clearTimeout(timer);
    },
  };
}

async function answers(client: DynamoDBClient, given: AbortSignal): Promise<boolean> {
  const deadline = Date.now() + answerTimeoutMilliseconds;
  while (!given.aborted && Date.now() < deadline) {
    try {
      await client.send(new ListTablesCommand({ Limit: 1 }), { abortSignal: given });
      return true;
    } catch {
      await sleep(10);
    }
  }
  return false;
}

/**
 * The engine answers whoever reaches it, web pages too (`access-control-allow-origin: *`), and takes nothing but a TCP port.
 * So it gets an address that no page can know or try out, one of the 16 million that loop back; other systems than Linux
 * loop back only 127.0.0.1.
 */
function engineHost(): string {
  if (process.platform !== 'linux') return '127.0.0.1';
  return ['127', ...Array.from({ length: 3 }, () => randomInt(1, 255))].join('.');
}

async function freePort(host: string): Promise<number> {
  const server = createServer();
  const port = await listenLocally(server, 0, host);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  return port;
}

const keptCharacters = 4_000;

/** The end of what it wrote, for the sentence that says why it ended. */
function collect(child: KeptProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      text = (text + chunk).slice(-keptCharacters);
    });
  }
  return () => text;
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) || 'it wrote nothing.';
}
