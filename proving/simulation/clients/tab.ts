import {
  ClientError,
  connect,
  type Client,
  type ClientOptions,
  type SubscriptionEvent,
} from '../../../client/index.ts';
import type { Message } from '../../../protocol/model.ts';
import { senderText, type Facts, type History } from '../history/history.ts';
import { hash } from '../kernel/random.ts';
import { Lists } from './lists.ts';
import type { User } from './tokens.ts';

/** The numbers of operations and views, one after the other in one run. */
export interface Counters {
  operations: number;
  views: number;
}

/** What a planted bug makes of what the SDK hands to the app. */
export type Shown = (event: SubscriptionEvent) => readonly SubscriptionEvent[];

export interface TabDependencies {
  readonly history: History;
  readonly counters: Counters;
  readonly shown?: Shown | undefined;
}

interface View {
  readonly number: number;
  readonly stop: () => void;
}

/** One life of one tab of a member of staff: the SDK as it is, and everything that it does in the history. */
export class Tab {
  readonly name: string;
  readonly user: User;
  readonly client: Client;
  readonly lists: Lists;
  readonly #deps: TabDependencies;
  readonly #views = new Map<string, View>();
  #pending = 0;

  constructor(deps: TabDependencies, name: string, user: User, options: ClientOptions) {
    this.name = name;
    this.user = user;
    this.#deps = deps;
    this.client = connect(options);
    this.lists = new Lists(this.client, (facts) => this.#add(facts));
  }

  get views(): string[] {
    return [...this.#views.keys()];
  }

  /** Operations without an end. */
  get pending(): number {
    return this.#pending;
  }

  view(conv: string, since?: number): void {
    if (this.#views.has(conv) || this.client.state.status === 'closed') return;
    const number = ++this.#deps.counters.views;
    this.#add({
      type: 'invoke',
      f: 'open',
      conv,
      view: number,
      ...(since === undefined ? {} : { seq: since }),
    });
    const stop = this.client.subscribe(conv, since === undefined ? {} : { since }, (event) => {
      for (const each of this.#deps.shown?.(event) ?? [event]) this.#show(conv, number, each);
    });
    this.#views.set(conv, { number, stop });
  }

  leave(conv: string): void {
    const view = this.#views.get(conv);
    if (!view) return;
    this.#views.delete(conv);
    view.stop();
    this.#add({ type: 'ok', f: 'ended', conv, view: view.number, err: 'left' });
  }

  send(conv: string, text: string): void {
    this.#operate('send', conv, { bodyHash: hash(text), user: this.user.id }, () =>
      this.client.sendMessage(conv, text),
    );
  }

  change(conv: string, wanted: 'close' | 'reopen' | { readonly department: string }): void {
    const { client } = this;
    this.#operate('change', conv, {}, async () => {
      if (wanted === 'close') await client.closeConversation(conv);
      else if (wanted === 'reopen') await client.reopenConversation(conv);
      else await client.route(conv, wanted.department);
    });
  }

  /** Reads pages of the log, whatever is subscribed; the frames are what is checked. */
  read(conv: string, range: { before?: number; limit?: number }): void {
    this.#operate('change', conv, {}, async () => void (await this.client.history(conv, range)));
  }

  /** The page is left or reloaded: nothing is said to anybody. */
  unload(): void {
    this.lists.close();
    for (const conv of this.views) this.leave(conv);
    this.client.close();
  }

  #show(conv: string, view: number, event: SubscriptionEvent): void {
    switch (event.type) {
      case 'messages':
        for (const { seq, id, text, sender } of event.messages) {
          const facts = {
            conv,
            view,
            seq,
            msgId: id,
            bodyHash: hash(text),
            sender: senderText({ ...sender }),
          };
          this.#add({ ...facts, type: 'ok', f: 'display' });
        }
        return;
      case 'conversation':
        return this.#add({ type: 'ok', f: 'conversation', conv, view, head: event.conversation.head });
      case 'caughtUp':
        return this.#add({ type: 'ok', f: 'caughtUp', conv, view, seq: event.seq });
      case 'reset':
        return this.#add({ type: 'ok', f: 'resync', conv, view });
      case 'trimmed':
        return this.#add({ type: 'ok', f: 'trimmed', conv, view, seq: event.first });
      case 'ended':
        this.#views.delete(conv);
        return this.#add({ type: 'ok', f: 'ended', conv, view, err: event.code });
    }
  }

  #operate(
    f: 'send' | 'change',
    conv: string,
    facts: Pick<Facts, 'bodyHash' | 'user'>,
    run: () => Promise<Message | void>,
  ): void {
    const op = ++this.#deps.counters.operations;
    this.#pending++;
    this.#add({ type: 'invoke', f, conv, op, ...facts });
    void this.#finish(run, (end) => this.#add({ f, conv, op, ...facts, ...end }));
  }

  async #finish(
    run: () => Promise<Message | void>,
    end: (facts: Pick<Facts, 'type' | 'seq' | 'msgId' | 'err'>) => void,
  ): Promise<void> {
    try {
      const stored = await run();
      end({ type: 'ok', ...(stored ? { seq: stored.seq, msgId: stored.id } : {}) });
    } catch (error) {
      const code = error instanceof ClientError ? error.code : 'THREW';
      end({ type: isDefinite(code) ? 'fail' : 'info', err: code });
    }
    this.#pending--;
  }

  #add(facts: Facts): void {
    this.#deps.history.add({ ...facts, client: this.name, hotel: this.user.hotel });
  }
}

/** Refusals after which nothing was stored, and nothing will be. */
function isDefinite(code: string): boolean {
  return !['UNKNOWN', 'TIMEOUT', 'CLIENT_CLOSED', 'UNAVAILABLE', 'INTERNAL', 'THREW'].includes(code);
}
