import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { privateFile, Refusal, systemCode } from '../local/src/command-line/index.ts';
import { parseJson } from '../protocol/codec.ts';

/** Where a running instance answers. */
const addresses = v.object({
  /** What a client opens, stage included. */
  websocket: v.string(),
  /** The @connections API, stage included. */
  management: v.string(),
  /** The Lambda API. */
  lambda: v.string(),
  dynamodb: v.string(),
  /** Name of the function that upstream Lambdas invoke. */
  notifyFunction: v.string(),
});
export type Addresses = v.InferOutput<typeof addresses>;

const running = v.object({ pid: v.number(), ...addresses.entries });

/** Leaves the addresses in the data folder, for the commands that talk to the instance. */
export async function announce(dataDirectory: string, pid: number, at: Addresses): Promise<void> {
  const path = runningFile(dataDirectory);
  const temporary = `${path}.${pid}`;
  await writeFile(temporary, `${JSON.stringify({ pid, ...at }, undefined, 2)}\n`, { mode: privateFile });
  await rename(temporary, path);
}

/** Takes them away again, unless another instance has announced itself meanwhile (two with their tables in memory). */
export async function withdraw(dataDirectory: string, pid: number): Promise<void> {
  const found = await read(dataDirectory);
  if (found?.pid === pid) await rm(runningFile(dataDirectory), { force: true });
}

/** The addresses of the instance that runs on a data folder. @throws Refusal when none does. */
export async function findRunning(dataDirectory: string): Promise<Addresses> {
  const found = await read(dataDirectory);
  if (found === undefined || !isAlive(found.pid)) {
    throw new Refusal(
      `Nothing runs on the data folder ${dataDirectory}; begin with npm start, or name the folder of a running instance with --data.`,
    );
  }
  return found;
}

/** Whether a process exists; one of another user does too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

async function read(dataDirectory: string): Promise<v.InferOutput<typeof running> | undefined> {
  try {
    const parsed = v.safeParse(running, parseJson(await readFile(runningFile(dataDirectory), 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

function runningFile(dataDirectory: string): string {
  return join(dataDirectory, 'running.json');
}
