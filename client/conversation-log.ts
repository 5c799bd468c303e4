import type { Message } from '../protocol/model.ts';

/**
 * What one subscriber has been given of a conversation, and what it may be given next. Pure: messages go in from
 * anywhere, in any order and any number of times, and come out in the order of seq, each once, without a hole.
 */
export class ConversationLog {
  readonly #capacity: number;
  /** The newest seq that was given; undefined until it is known where to start. */
  #cursor: number | undefined;
  /** The newest seq that is known to exist. */
  #head = 0;
  /** What came before its turn: everything in it is newer than the cursor, and at most `capacity` newer. */
  readonly #early = new Map<number, Message>();

  /** `since`: the newest seq that the app has; undefined to start with the newest page. */
  constructor(since: number | undefined, capacity: number) {
    this.#cursor = since;
    this.#capacity = capacity;
  }

  get cursor(): number | undefined {
    return this.#cursor;
  }

  /** Whether something is known to exist that has not been given. */
  get incomplete(): boolean {
    return this.#cursor !== undefined && this.#cursor < this.#head;
  }

  /** Learns that messages up to `head` exist. */
  learn(head: number): void {
    this.#head = Math.max(this.#head, head);
  }

  /**
   * Takes messages from a page, a live frame or an own send, and gives those whose turn it is.
   *
   * A message too early to be held is only learnt of; `dropped` is told.
   */
  take(messages: readonly Message[], dropped: () => void): Message[] {
    for (const message of messages) {
      this.learn(message.seq);
      if (message.seq <= (this.#cursor ?? 0)) continue;
      if (this.#hasRoomFor(message.seq)) this.#early.set(message.seq, message);
      else dropped();
    }
    return this.#advance();
  }

  /** Starts with a page, the newest: what is older is not given, what was held and is newer is kept. */
  start(page: readonly Message[], head: number): Message[] {
    this.learn(head);
    this.#cursor = (page[0]?.seq ?? head + 1) - 1;
    this.#forgetOlder();
    for (const message of page) this.#early.set(message.seq, message);
    return this.#advance();
  }

  /** The server has lost what was given (a restored backup): it is to be started anew. */
  forget(): void {
    this.#cursor = undefined;
    this.#head = 0;
    this.#early.clear();
  }

  /** Learns the lowest seq that is still stored. Returns whether something was skipped that will never come. */
  skipTo(first: number): boolean {
    if (this.#cursor === undefined || this.#cursor >= first - 1) return false;
    this.#cursor = first - 1;
    this.#forgetOlder();
    return true;
  }

  #hasRoomFor(seq: number): boolean {
    return this.#cursor === undefined
      ? this.#early.size < this.#capacity
      : seq <= this.#cursor + this.#capacity;
  }

  #advance(): Message[] {
    const given: Message[] = [];
    if (this.#cursor === undefined) return given;
    for (let next = this.#early.get(this.#cursor + 1); next; next = this.#early.get(this.#cursor + 1)) {
      this.#early.delete(next.seq);
      this.#cursor = next.seq;
      given.push(next);
    }
    return given;
  }

  #forgetOlder(): void {
    for (const seq of this.#early.keys()) if (seq <= (this.#cursor ?? 0)) this.#early.delete(seq);
  }
}
