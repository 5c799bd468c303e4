import { parseJson } from '../../../protocol/codec.ts';
import { hash } from '../kernel/random.ts';
import { fieldsOf, summaryOf } from './frames.ts';
import type { History } from './history.ts';

/** Writes into the history what goes over one socket of a client, both ways. */
export class FrameRecord {
  readonly #history: History;
  readonly #client: string;
  readonly #conn: string;
  readonly #asked = new Map<string, number>();

  constructor(history: History, client: string, conn: string) {
    this.#history = history;
    this.#client = client;
    this.#conn = conn;
  }

  /** Requests that have no answer yet. */
  get unanswered(): number {
    return this.#asked.size;
  }

  incoming(text: string): void {
    const { kind, id, conv, entries, head, others, code } = summaryOf(text);
    const asked = id === undefined ? undefined : this.#asked.get(id);
    if (id !== undefined) this.#asked.delete(id);
    this.#history.add({
      type: 'ok',
      f: 'frame',
      client: this.#client,
      conn: this.#conn,
      kind,
      entries,
      ...(conv === undefined ? {} : { conv }),
      ...(head === undefined ? {} : { head }),
      ...(code === undefined ? {} : { err: code }),
      ...(asked === undefined ? {} : { asked }),
      ...(others.length === 0 ? {} : { others }),
    });
  }

  /** When each request was sent; who listens to what goes into the history as well. */
  outgoing(text: string): void {
    const { action, conversationId, id, text: body } = fieldsOf(parseJson(text));
    if (typeof id === 'string') this.#asked.set(id, this.#history.now);
    if (typeof conversationId !== 'string') return;
    const facts = { type: 'invoke', client: this.#client, conn: this.#conn, conv: conversationId } as const;
    if (action === 'sendMessage' && typeof body === 'string') {
      this.#history.add({ ...facts, f: 'attempt', bodyHash: hash(body) });
    }
    if (action === 'subscribe' || action === 'unsubscribe') this.#history.add({ ...facts, f: action });
  }
}
