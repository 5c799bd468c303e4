import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { loadSigningKey, type SigningKey } from '../../dev/issuer/signing-key.ts';
import { keepProcesses, type KeptProcess, type ProcessKeeper } from '../../local/src/command-line/index.ts';
import {
  commandOf,
  descendantsOf,
  isRunning,
  processesUnder,
  type FoundProcess,
} from '../../test/dev/processes.ts';

const addresses = v.object({
  websocket: v.string(),
  management: v.string(),
  lambda: v.string(),
  dynamodb: v.string(),
  notifyFunction: v.string(),
});

/** Where a running service answers: the line that `npm start -- --json` prints. */
export type Addresses = v.InferOutput<typeof addresses>;

/** A service that somebody runs: what clients and an administrator need of it. */
export interface Reachable {
  readonly addresses: Addresses;
  readonly dataDirectory: string;
}

const project = join(import.meta.dirname, '../..');
const goneTimeoutMilliseconds = 15_000;
const pollMilliseconds = 20;

/** `npm start` on a data folder and a port that stay the same, however often it ends. */
export class Service implements Reachable {
  readonly dataDirectory: string;
  readonly signingKey: SigningKey;
  readonly #keeper: ProcessKeeper;
  /** Every line that it writes for whoever watches. */
  readonly #note: (line: string) => void;
  #addresses: Addresses | undefined;
  #child: KeptProcess | undefined;

  private constructor(dataDirectory: string, signingKey: SigningKey, note: (line: string) => void) {
    this.dataDirectory = dataDirectory;
    this.signingKey = signingKey;
    this.#note = note;
    this.#keeper = keepProcesses();
  }

  /** On a free port, that it keeps. */
  static async start(dataDirectory: string, note: (line: string) => void): Promise<Service> {
    const service = new Service(dataDirectory, await loadSigningKey(dataDirectory), note);
    try {
      await service.#start(await freePort());
      return service;
    } catch (error) {
      await service.#keeper.stop();
      throw error;
    }
  }

  get addresses(): Addresses {
    if (this.#addresses === undefined) throw new Error('the service has not answered yet');
    return this.#addresses;
  }

  /** Whether it has been started and not been asked to end since. */
  get isUp(): boolean {
    return this.#child !== undefined;
  }

  /** Asks it to end, and starts it again. Rejects when it does not end with 0 or leaves a process behind. */
  async stopAndStart(): Promise<void> {
    const code = await this.#end('SIGTERM');
    if (code !== 0) throw new Error(`the service was asked to end, and ended with ${code}`);
    await this.#startAgain();
  }

  /** Kills its process without a word, and starts it again. Rejects when that leaves a process behind. */
  async killAndStart(): Promise<void> {
    await this.#end('SIGKILL');
    await this.#startAgain();
  }

  /** The processes of the execution environments of its functions; none while it is down. */
  async environments(): Promise<FoundProcess[]> {
    const child = this.#child;
    if (child === undefined) return [];
    const environments: FoundProcess[] = [];
    for (const found of await processesUnder(child.pid)) {
      if ((await commandOf(found.pid)).includes('functions/runtime/bootstrap.mjs')) environments.push(found);
    }
    return environments;
  }

  /** Ends it for good. Settles with its exit code; undefined when it was down. */
  async stop(): Promise<number | null | undefined> {
    try {
      return this.#child === undefined ? undefined : await this.#end('SIGTERM');
    } finally {
      await this.#keeper.stop();
    }
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) throw new Error('the service is down already');
    this.#child = undefined;
    const left = await descendantsOf(child.pid);
    child.signal(signal);
    const { code } = await child.exited;
    await gone(left);
    return code;
  }

  async #startAgain(): Promise<void> {
    await this.#start(Number(new URL(this.addresses.websocket).port));
  }

  async #start(port: number): Promise<void> {
    // What the script `start` of package.json runs; npm itself would not pass a SIGKILL on.
    const command = ['--import', 'tsx', 'dev/start.ts', '--json', '--port', String(port)];
    const child = await this.#keeper.spawn(process.execPath, [...command, '--data', this.dataDirectory], {
      directory: project,
      environment: environmentOfThisProcess(),
    });
    const said: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (this.#addresses === undefined) said.push(line);
      this.#note(line);
    });
    const line = await firstLine(child);
    if (line === undefined) throw new Error(`npm start has ended: ${said.join('\n')}`);
    this.#addresses = v.parse(v.pipe(v.string(), v.parseJson(), addresses), line);
    this.#child = child;
  }
}

async function firstLine({ stdout }: KeptProcess): Promise<string | undefined> {
  for await (const line of createInterface({ input: stdout })) return line;
  return undefined;
}

/** Settles when none of the processes runs any more; rejects when one stays. */
async function gone(pids: readonly number[]): Promise<void> {
  const deadline = performance.now() + goneTimeoutMilliseconds;
  for (const pid of pids) {
    while (await isRunning(pid)) {
      if (performance.now() > deadline) {
        throw new Error(`the service has left a process behind: ${await commandOf(pid)}`);
      }
      await sleep(pollMilliseconds);
    }
  }
}

/**
 * A free port below those that the system gives to outgoing connections: while the service is down, one of those could
 * take its port, even a connection to that very port (Linux, "ip_local_port_range"; a TCP self-connect).
 */
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

function environmentOfThisProcess(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
