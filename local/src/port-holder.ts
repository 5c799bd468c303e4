import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { printable } from './command-line/printable.ts';

const shownCharacters = 80;

/**
 * Who listens on a port of 127.0.0.1, such as `process 4711 (node dev/start.ts)`. Undefined where the system does not tell:
 * elsewhere than on Linux, and for processes of somebody else.
 */
export function portHolder(port: number): string | undefined {
  const sockets = listeningSockets(port);
  if (sockets.size === 0) return undefined;
  const pid = processes().find((candidate) => holdsOne(candidate, sockets));
  return pid === undefined ? undefined : `process ${pid} (${commandOf(pid)})`;
}

/** The names that /proc has for the sockets. Source: proc_pid_net(5): local address in hexadecimal, state 0A is listening. */
function listeningSockets(port: number): ReadonlySet<string> {
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = ['tcp', 'tcp6'].flatMap((table) => read(`/proc/net/${table}`).split('\n').slice(1));
  const found = lines.map((line) => line.trim().split(/\s+/));
  const listening = found.filter(([, local = '', , state]) => state === '0A' && isHere(local, hexadecimal));
  return new Set(listening.map((fields) => `socket:[${fields[9] ?? ''}]`));
}

/** 127.0.0.1, in the machine's byte order, or every address. */
function isHere(local: string, port: string): boolean {
  const [address = '', found] = local.split(':');
  return found === port && (/^0+$/.test(address) || address.endsWith('0100007F'));
}

function processes(): string[] {
  return list('/proc').filter((name) => /^\d+$/.test(name));
}

function holdsOne(pid: string, sockets: ReadonlySet<string>): boolean {
  return list(`/proc/${pid}/fd`).some((descriptor) => sockets.has(target(`/proc/${pid}/fd/${descriptor}`)));
}

function commandOf(pid: string): string {
  const command = printable(read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim());
  return command.length > shownCharacters ? `${command.slice(0, shownCharacters)}…` : command;
}

/** Processes come and go, and those of others cannot be looked into: what cannot be read holds nothing. */
function unless<T>(failed: T, step: () => T): T {
  try {
    return step();
  } catch {
    return failed;
  }
}

const read = (path: string): string => unless('', () => readFileSync(path, 'utf8'));
const list = (path: string): string[] => unless([], () => readdirSync(path));
const target = (path: string): string => unless('', () => readlinkSync(path));
