import type { Facts, Line } from '../history/history.ts';
import { hash } from '../kernel/random.ts';

/* Lines of histories written by hand: one conversation of one hotel, and Ana, who looks at it. */

const here = { hotel: 'grand', conv: 'talk' };
export const ana = { ...here, client: 'ana.1' };

/** Lines a second apart. */
export function history(...facts: readonly Facts[]): Line[] {
  return facts.map((each, i) => ({ ...each, i, t: i * 1000 }));
}

export const connect = (given: Partial<Facts> = {}): Facts => ({
  type: 'ok',
  f: 'connect',
  client: 'ana.1',
  conn: 'c1=',
  user: 'ana',
  hotel: 'grand',
  role: 'staff',
  departments: ['desk'],
  asked: 0,
  ...given,
});
export const began = (op: number, text: string, given: Partial<Facts> = {}): Facts => ({
  ...ana,
  type: 'invoke',
  f: 'send',
  op,
  bodyHash: hash(text),
  ...given,
});
export const acknowledged = (op: number, seq: number, text: string, given: Partial<Facts> = {}): Facts => ({
  ...began(op, text, given),
  type: 'ok',
  seq,
});
export const stored = (seq: number, text: string, given: Partial<Facts> = {}): Facts => ({
  ...here,
  type: 'ok',
  f: 'stored',
  seq,
  msgId: `m${seq}`,
  bodyHash: hash(text),
  user: 'staff ana',
  ...given,
});
export const scanned = (seq: number, text: string, given: Partial<Facts> = {}): Facts => ({
  ...stored(seq, text, given),
  f: 'scanEntry',
});
export const head = (seq: number, department = 'desk'): Facts => ({
  ...here,
  type: 'ok',
  f: 'scan',
  head: seq,
  department,
});
export const opened: Facts = { ...ana, type: 'invoke', f: 'open', view: 1, seq: 0 };
export const shown = (seq: number, text: string): Facts => ({
  ...ana,
  type: 'ok',
  f: 'display',
  view: 1,
  seq,
  msgId: `m${seq}`,
  bodyHash: hash(text),
});
export const frame = (seq: number, text: string, given: Partial<Facts> = {}): Facts => ({
  type: 'ok',
  f: 'frame',
  kind: 'message',
  client: 'ana.1',
  conn: 'c1=',
  conv: 'talk',
  entries: [{ seq, msgId: `m${seq}`, bodyHash: hash(text) }],
  ...given,
});
export const routed = { kind: 'routed', department: 'spa', left: 'desk' };
export const row = (err: 'put' | 'deleted', kind = 'U#grand#ana'): Facts => ({
  type: 'ok',
  f: 'row',
  conn: 'c1=',
  kind,
  err,
});
