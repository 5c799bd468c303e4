import type { Conversation, Message } from '../protocol/model.ts';
import type { Event, Reply } from '../protocol/replies.ts';
import * as limits from '../protocol/client-limits.ts';
import { ConversationLog } from './conversation-log.ts';
import type { Context } from './context.ts';
import { notifyListener } from './surroundings.ts';
import { Retrier } from './retrier.ts';

/** What a subscriber is told; nothing comes after `ended` or after `unsubscribe()`. */
export type SubscriptionEvent =
  /** In the order of seq, without a hole, each once, whatever happens to connections. */
  | { readonly type: 'messages'; readonly messages: readonly Message[] }
  /** Where the conversation stands: its department, its status, its guest. */
  | { readonly type: 'conversation'; readonly conversation: Conversation }
  /** Everything up to `seq` has been given: once after the start, and after each new connection. */
  | { readonly type: 'caughtUp'; readonly seq: number }
  /** The server has lost what was given (a restored backup): forget it, the newest page follows. */
  | { readonly type: 'reset' }
  /** Messages older than `first` are not stored any more; those between are skipped. */
  | { readonly type: 'trimmed'; readonly first: number }
  /** Refused, or not visible any more (`NOT_FOUND`). Other conversations go on. */
  | { readonly type: 'ended'; readonly code: Reply<'error'>['code']; readonly message: string };

export type SubscriptionListener = (event: SubscriptionEvent) => void;

/** What a subscriber has been told; another subscriber to the same conversation starts with a new one. */
interface Subscriber {
  readonly listener: SubscriptionListener;
  readonly log: ConversationLog;
  known?: Conversation | undefined;
  caughtUp: boolean;
}

/**
 * One conversation's subscriber, kept complete: what comes is given in order, and what does not come is asked for.
 *
 * Frames of one connection may run in any order, so one `subscribe` or `unsubscribe` is under way at a time: what the
 * server did last is what was wanted last.
 */
export class Subscription {
  readonly #context: Context;
  readonly #conversationId: string;
  /** Is called with the conversation as each answer to `subscribe` has it, for the lists. */
  readonly #onConversation: (conversation: Conversation) => void;
  readonly #membership: Retrier;
  readonly #history: Retrier;
  #subscriber: Subscriber | undefined;
  /** The server has answered `subscribe` on the connection that serves now. */
  #joined = false;
  /** The server may count that connection as a subscriber. */
  #member = false;

  constructor(
    context: Context,
    conversationId: string,
    onConversation: (conversation: Conversation) => void,
  ) {
    this.#context = context;
    this.#conversationId = conversationId;
    this.#onConversation = onConversation;
    this.#membership = new Retrier(context, () => this.#step());
    this.#history = new Retrier(context, () => this.#fill());
  }

  /** Whether somebody is subscribed. */
  get wanted(): boolean {
    return this.#subscriber !== undefined;
  }

  /** Whether nobody is, and the server knows that. */
  get over(): boolean {
    return !this.wanted && !this.#member && this.#membership.free;
  }

  /** The newest seq that was given; undefined before the first page, and while `subscribe` has no answer. */
  get head(): number | undefined {
    return this.#joined ? this.#subscriber?.log.cursor : undefined;
  }

  /** Starts to tell `listener` what comes after `since`, or the newest page and what follows. Returns how to stop. */
  start(since: number | undefined, listener: SubscriptionListener): () => void {
    const log = new ConversationLog(since, this.#context.settings.maxEarly);
    const subscriber: Subscriber = { listener, log, caughtUp: false };
    this.#subscriber = subscriber;
    this.#rejoin();
    return () => {
      if (this.#subscriber !== subscriber) return;
      this.#subscriber = undefined;
      this.#rejoin();
    };
  }

  /** Another connection serves: nothing is subscribed on it yet. */
  connected(): void {
    this.#membership.forget();
    this.#member = false;
    this.#rejoin();
  }

  /** Live messages, and own ones that were stored. */
  receive(...messages: readonly Message[]): void {
    if (this.#subscriber) this.#deliverInTurn(this.#subscriber, messages);
    this.#check();
  }

  /** A change of state: the entry that it carries is a message like others. */
  changed({ conversation, message }: Pick<Event<'conversation'>, 'conversation' | 'message'>): void {
    if (this.#subscriber) this.#deliverConversation(this.#subscriber, conversation);
    this.receive(...(message ? [message] : []));
  }

  /**
   * What `pong` says, asked with `asked`. That the conversation is not visible, or shorter than it was, is for
   * `subscribe` to confirm: it ends the subscription or resets it.
   */
  pong(asked: number, head: number | null): void {
    if (head === null || head < asked) return this.#rejoin();
    this.#subscriber?.log.learn(head);
    this.#check();
  }

  close(): void {
    this.#subscriber = undefined;
    this.#membership.forget();
    this.#history.forget();
  }

  #rejoin(): void {
    this.#joined = false;
    this.#history.forget();
    if (this.#subscriber) this.#subscriber.caughtUp = false;
    this.#step();
  }

  /** Asks for what is wanted and not so, unless an answer is awaited. */
  #step(): void {
    const conversationId = this.#conversationId;
    const subscriber = this.#subscriber;
    if (subscriber && !this.#joined) {
      this.#member = true;
      const since = subscriber.log.cursor;
      this.#membership.ask('subscribe', { conversationId, since }, ({ reply, error }) => {
        if (error) this.#member = false;
        // What was left counts until its `unsubscribe` is done. More than a connection may have is never wanted.
        if (error?.code === 'LIMIT' && this.wanted) return this.#membership.later();
        if (reply) this.#onConversation(reply.conversation);
        // There may be another subscriber by now, who has something else.
        if (error && this.#subscriber === subscriber) return this.#refuse(subscriber, error);
        if (reply && this.#subscriber === subscriber) this.#subscribed(subscriber, reply);
        this.#step();
      });
    } else if (!subscriber && this.#member) {
      this.#membership.ask('unsubscribe', { conversationId }, () => {
        this.#member = false;
        this.#step();
      });
    }
  }

  #subscribed(subscriber: Subscriber, reply: Reply<'subscribed'>): void {
    const { conversation, messages, reset } = reply;
    const { log } = subscriber;
    this.#joined = true;
    if (reset) {
      log.forget();
      subscriber.known = undefined;
      this.#notify(subscriber, { type: 'reset' });
    }
    this.#deliverConversation(subscriber, conversation);
    if (log.cursor === undefined) this.#deliver(subscriber, log.start(messages, conversation.head));
    else this.#page(subscriber, reply);
    this.#fill();
  }

  #refuse({ listener }: Subscriber, { code, message }: Reply<'error'>): void {
    this.#subscriber = undefined;
    this.#history.forget();
    notifyListener(this.#context, listener, { type: 'ended', code, message });
    this.#step();
  }

  /** What is missing now may only have been overtaken. */
  #check(): void {
    if (!this.#joined) return;
    if (this.#subscriber?.log.incomplete) this.#history.within(this.#context.settings.gapDelayMs);
    else this.#fill();
  }

  /** Asks for what is missing, or tells that nothing is. */
  #fill(): void {
    const subscriber = this.#subscriber;
    if (!subscriber || !this.#joined) return;
    const { log } = subscriber;
    const after = log.cursor ?? 0;
    if (log.incomplete) {
      const asked = { conversationId: this.#conversationId, after, limit: limits.historyPage };
      this.#history.ask('history', asked, ({ reply, error }) => {
        if (error) return this.#refuse(subscriber, error);
        if (reply) this.#page(subscriber, reply);
        if (log.cursor !== after) this.#fill();
        // Whoever was told may have ended it.
        else if (this.#subscriber === subscriber) this.#history.later();
      });
    } else if (!subscriber.caughtUp) {
      subscriber.caughtUp = true;
      this.#notify(subscriber, { type: 'caughtUp', seq: after });
    }
  }

  /** A page of the log, read forward. */
  #page(
    subscriber: Subscriber,
    { messages, first, more }: Pick<Reply<'history'>, 'messages' | 'first' | 'more'>,
  ): void {
    const last = messages.at(-1);
    if (more && last) subscriber.log.learn(last.seq + 1);
    if (subscriber.log.skipTo(first)) this.#notify(subscriber, { type: 'trimmed', first });
    this.#deliverInTurn(subscriber, messages);
  }

  /** Delivers those of `messages`, and of what came early, whose turn it is. */
  #deliverInTurn(subscriber: Subscriber, messages: readonly Message[]): void {
    const id = this.#conversationId;
    const dropped = (): void => this.#context.notice({ kind: 'dropped', what: 'messages', id });
    this.#deliver(subscriber, subscriber.log.take(messages, dropped));
  }

  #deliver(subscriber: Subscriber, messages: readonly Message[]): void {
    if (messages.length > 0) this.#notify(subscriber, { type: 'messages', messages });
  }

  #deliverConversation(subscriber: Subscriber, conversation: Conversation): void {
    const { known } = subscriber;
    // A guest's new name comes without a number.
    const isNews = known?.head === conversation.head && known.guest.name !== conversation.guest.name;
    if (known && known.head >= conversation.head && !isNews) return;
    subscriber.known = conversation;
    subscriber.log.learn(conversation.head);
    this.#notify(subscriber, { type: 'conversation', conversation });
  }

  /** A listener may unsubscribe, and subscribe anew, in the middle of what it is told. */
  #notify(subscriber: Subscriber, event: SubscriptionEvent): void {
    if (this.#subscriber === subscriber) notifyListener(this.#context, subscriber.listener, event);
  }
}
