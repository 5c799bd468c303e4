import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';

const addresses = v.object({
  websocket: v.string(),
  management: v.string(),
  lambda: v.string(),
  dynamodb: v.string(),
  notifyFunction: v.string(),
});

/** Where a running service answers: the line that `npm start -- --json` prints. */
export type Addresses = v.InferOutput<typeof addresses>;

export interface Service extends Addresses {
  readonly dataDirectory: string;
  /** What it wrote to stderr so far. */
  log(): string;
  /** SIGTERM; resolves to its exit code. */
  stop(): Promise<number | null>;
}

const project = join(import.meta.dirname, '../../..');

/** A new data folder in the system's place for temporary files. */
export async function dataFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'lobbybee-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** `npm start -- --json` on a free port; resolves once it has printed its line, rejects with what it said instead. */
export async function startService(dataDirectory: string, ...options: string[]): Promise<Service> {
  const child = launch('start', '--json', '--port', '0', '--data', dataDirectory, ...options);
  const log: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  const exit = once(child, 'exit').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  const line = await firstLine(child);
  if (line === undefined) throw new Error(`npm start ended with ${await exit}: ${log.join('')}`);
  return {
    ...v.parse(v.pipe(v.string(), v.parseJson(), addresses), line),
    dataDirectory,
    log: () => log.join(''),
    async stop() {
      child.kill('SIGTERM');
      return exit;
    },
  };
}

/** An npm script of this project, as a user types it. */
export function launch(script: string, ...options: string[]): ChildProcess {
  return spawn('npm', ['run', '--silent', script, '--', ...options], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) return line;
  return undefined;
}
