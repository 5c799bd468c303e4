import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export const projectRoot = join(import.meta.dirname, '../..');

/** A data folder that ends with the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lobbybee-dev-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs a command of `dev/` as its npm script does, from start to end. */
export async function runDev(
  entry: string,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  return await ended(spawnDev(entry, argv, options));
}

/** Starts a command of `dev/`; it does not outlive the test. */
export function spawnDev(entry: string, argv: readonly string[], options: RunOptions = {}): ChildProcess {
  return spawnNode(['--import', 'tsx', `dev/${entry}`, ...argv], options);
}

export function spawnNode(
  argv: readonly string[],
  { environment = {}, input }: RunOptions = {},
): ChildProcess {
  const child = spawn(process.execPath, argv, { cwd: projectRoot, env: { ...process.env, ...environment } });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.end(input);
  return child;
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    child.exitCode === null && child.signalCode === null ? once(child, 'close') : undefined,
  ]);
  return { code: child.exitCode, stdout, stderr };
}

/** The payload of a JWT, not verified. */
export function payloadOf(jwt: string): Readonly<Record<string, unknown>> {
  return segment(jwt, 1);
}

/** The header of a JWT. */
export function headerOf(jwt: string): Readonly<Record<string, unknown>> {
  return segment(jwt, 0);
}

function segment(jwt: string, index: number): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(Buffer.from(jwt.split('.')[index] ?? '', 'base64url').toString());
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
