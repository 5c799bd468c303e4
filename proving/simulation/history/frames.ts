import { hash } from '../kernel/random.ts';
import type { EntryLine } from './history.ts';

/** What the checker wants to know of a frame, whatever its type. */
export interface FrameSummary {
  readonly kind: string;
  readonly id?: string;
  readonly conv?: string;
  readonly entries: readonly EntryLine[];
  /** The newest seq that the frame tells of, by a conversation's head. */
  readonly head?: number;
  /** Of a listing or a pong: the conversations that it tells of. */
  readonly others: readonly { readonly conv: string; readonly head: number }[];
  readonly seq?: number;
  readonly clientMsgId?: string;
  readonly code?: string;
  readonly more?: boolean;
}

let lastText = '';
let lastSummary: FrameSummary = { kind: 'none', entries: [], others: [] };

/** Reads a frame of the server. One frame goes out to many: the last one is remembered. */
export function summaryOf(text: string): FrameSummary {
  if (text !== lastText) {
    lastSummary = summarize(JSON.parse(text));
    lastText = text;
  }
  return lastSummary;
}

function summarize(frame: unknown): FrameSummary {
  const fields = fieldsOf(frame);
  const conversation = fieldsOf(fields['conversation']);
  const single = fieldsOf(fields['message']);
  const messages = Array.isArray(fields['messages']) ? fields['messages'].map(fieldsOf) : [];
  const shown = single['seq'] === undefined ? messages : [single, ...messages];
  const conv =
    textOf(fields['conversationId']) ?? textOf(conversation['id']) ?? textOf(single['conversationId']);
  return {
    kind: textOf(fields['type']) ?? 'gateway',
    ...optional('id', textOf(fields['id'])),
    ...optional('conv', conv),
    entries: shown.map(entryOf),
    ...optional('head', number(conversation['head'])),
    others: [
      ...(Array.isArray(fields['conversations']) ? fields['conversations'].map(fieldsOf) : []).map(
        (each) => ({
          conv: textOf(each['id']) ?? '',
          head: number(each['head']) ?? 0,
        }),
      ),
      ...Object.entries(fieldsOf(fields['heads'])).flatMap(([each, head]) =>
        typeof head === 'number' ? [{ conv: each, head }] : [],
      ),
    ],
    ...optional('seq', number(fields['seq'])),
    ...optional('clientMsgId', textOf(fields['clientMessageId'])),
    ...optional('code', textOf(fields['code'])),
    ...(typeof fields['more'] === 'boolean' ? { more: fields['more'] } : {}),
  };
}

function entryOf(message: Fields): EntryLine {
  return {
    seq: number(message['seq']) ?? 0,
    msgId: textOf(message['id']) ?? '',
    bodyHash: hash(textOf(message['text']) ?? ''),
  };
}

export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = {};

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : none;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function optional<const Name extends string, T>(name: Name, value: T | undefined): { [N in Name]?: T } {
  const made: { [N in Name]?: T } = {};
  if (value !== undefined) made[name] = value;
  return made;
}
