import type { Conversation, Message, Status, You } from '../protocol/model.ts';
import type { Event, Reply } from '../protocol/replies.ts';
import * as limits from '../protocol/client-limits.ts';
import { Calls } from './calls.ts';
import type { Asked, Connection } from './connection.ts';
import { clientClosed, requireText } from './errors.ts';
import { Heartbeat } from './heartbeat.ts';
import { Inbox } from './inbox.ts';
import { Link, type ConnectionState } from './link.ts';
import type { ListListener } from './live-list.ts';
import type { ClientOptions } from './options.ts';
import { notifyListener, type Surroundings } from './surroundings.ts';
import type { PendingMessage } from './pending-message.ts';
import { OutboxStorage } from './outbox-storage.ts';
import { Outbox } from './outbox.ts';
import { Retrier } from './retrier.ts';
import type { SubscriptionListener } from './subscription.ts';
import { Subscriptions } from './subscriptions.ts';
import { stillIn } from './walk.ts';

/** A part of a conversation's log, oldest first. */
export type HistoryPage = Pick<Reply<'history'>, 'messages' | 'first' | 'more'>;

export interface LiveListHandle {
  /** Lists up to `count` (50) older ones too. Returns whether there may be still more: a list is bounded. */
  more(count?: number): boolean;
  close(): void;
}

/** One member of staff's connection to the hotel's conversations. */
export class Client {
  readonly #surroundings: Surroundings;
  readonly #link: Link;
  readonly #subscriptions: Subscriptions;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #calls: Calls;
  readonly #heartbeat: Heartbeat;
  readonly #introduction: Retrier;
  readonly #stateListeners = new Set<(state: ConnectionState) => void>();

  constructor(surroundings: Surroundings, { url, token, storage }: ClientOptions) {
    this.#surroundings = surroundings;
    this.#link = new Link(surroundings, url, token, {
      changed: (state) => this.#changed(state),
      connected: (connection) => this.#connected(connection),
      identified: (you) => this.#identified(you),
      event: (event) => this.#event(event),
      overdue: () => this.#heartbeat.beat(),
    });
    const context = { ...surroundings, link: this.#link };
    this.#inbox = new Inbox(context);
    this.#subscriptions = new Subscriptions(context, (conversation) => this.#inbox.learn(conversation));
    this.#outbox = new Outbox(context, new OutboxStorage(context, storage, url), (message) =>
      // The server took it at the time of its commit.
      this.#message(message, message.sentAt),
    );
    this.#calls = new Calls(context);
    this.#heartbeat = new Heartbeat(context, this.#subscriptions, this.#inbox, (connection) =>
      this.#link.drop(connection),
    );
    this.#introduction = new Retrier(context, () => this.#introduce());
    this.#link.connect();
  }

  /** Where the connection stands now. */
  get state(): ConnectionState {
    return this.#link.state;
  }

  /** Own messages that wait to be stored, in no order between conversations. */
  get pending(): readonly PendingMessage[] {
    return this.#outbox.pending;
  }

  /**
   * Calls `listener` at each change of `state`; the returned function ends that. A state that another listener has ended
   * in its call is not told to those after it.
   */
  onState(listener: (state: ConnectionState) => void): () => void {
    // The same function given twice is two listeners.
    const own = (state: ConnectionState): void => listener(state);
    this.#stateListeners.add(own);
    return () => void this.#stateListeners.delete(own);
  }

  /**
   * Gives a conversation's messages in order of seq, each once, over any number of disconnections, until the returned
   * function is called.
   *
   * With `since`, the newest seq that the app has (0 for none): everything after it. Without: the newest 50 and what
   * follows; older ones with `history`. Throws if the conversation is subscribed already, or 100 others are;
   * a `ClientError` with `BAD_REQUEST` for what is no text, as every method does.
   */
  subscribe(conversationId: string, options: { since?: number }, listener: SubscriptionListener): () => void {
    this.#refuseIfClosed();
    requireText({ conversationId });
    return this.#subscriptions.add(conversationId, options.since, listener);
  }

  /**
   * Sends a message, now or when there is a connection, and repeats it until it is answered. Messages to one conversation
   * are stored in the order in which they were given.
   *
   * Resolves to the message once it is stored, and given to a subscription if its turn has come. Rejects with a
   * `ClientError`: a refusal's code, `QUEUE_FULL`, `UNKNOWN` (after `discard`), or `CLIENT_CLOSED` (with a storage, the next
   * client of the same user and hotel sends it, unless no reply had come yet).
   */
  async sendMessage(conversationId: string, text: string): Promise<Message> {
    this.#refuseIfClosed();
    return this.#outbox.send(conversationId, text);
  }

  /**
   * Gives up a message that waits, by its id in `pending`, and rejects its promise with `UNKNOWN`: it may have been stored
   * all the same, or be stored later.
   */
  discard(clientMessageId: string): void {
    this.#outbox.discard(clientMessageId);
  }

  /** A department's conversations as a list that stays right; `null` for those that have none (managers only). */
  conversations(
    department: string | null,
    { status = 'open', count = limits.conversationsPage }: { status?: Status; count?: number },
    listener: ListListener,
  ): LiveListHandle {
    this.#refuseIfClosed();
    requireText(department === null ? { status } : { department, status });
    const list = this.#inbox.open({ department, status }, count, listener);
    return {
      more: (more = limits.conversationsPage) => list.more(more),
      close: () => this.#inbox.close(list),
    };
  }

  /** A page of the log: `before` or `after` a seq, or the newest; at most 100 messages, 50 by default. */
  async history(
    conversationId: string,
    range: { before?: number; after?: number; limit?: number } = {},
  ): Promise<HistoryPage> {
    this.#refuseIfClosed();
    requireText({ conversationId });
    return this.#calls.make('history', { conversationId, ...range }, true);
  }

  /** Moves a conversation to a department. Resolves to it; rejects with a `ClientError`. */
  route(conversationId: string, department: string): Promise<Conversation> {
    return this.#change('route', { conversationId, department });
  }

  /** As `route`. */
  closeConversation(conversationId: string): Promise<Conversation> {
    return this.#change('close', { conversationId });
  }

  /** As `route`. */
  reopenConversation(conversationId: string): Promise<Conversation> {
    return this.#change('reopen', { conversationId });
  }

  /** Tries the connection now: when the device woke up, or the network came back. */
  wake(): void {
    if (this.state.status === 'waiting') this.#link.connect();
    else this.#heartbeat.beat();
  }

  /**
   * Ends everything, leaves no timer and tells no listener but those of `onState`. What was promised and not kept is
   * rejected with `CLIENT_CLOSED`; messages that wait stay in the storage, if there is one.
   */
  close(): void {
    this.#link.close('closed');
  }

  #connected(connection: Connection): void {
    this.#heartbeat.connected();
    this.#outbox.connected();
    this.#subscriptions.connected();
    this.#inbox.connected();
    this.#calls.sendWaiting();
    this.#introduction.forget();
    // Whatever was asked tells who this is; should its answer be lost and nothing be asked again, a ping does.
    if (connection.asked) this.#introduction.within(this.#surroundings.settings.pongTimeoutMs);
    else this.#introduce();
  }

  #introduce(): void {
    if (!this.#link.current?.you) this.#introduction.ask('ping', {}, () => {});
  }

  #identified(you: You): void {
    if (this.#link.current?.you) this.#introduction.forget();
    this.#outbox.identified(you);
    this.#calls.sendWaiting();
  }

  #changed(state: ConnectionState): void {
    if (state.status === 'closed') {
      this.#introduction.forget();
      this.#heartbeat.close();
      this.#subscriptions.close();
      this.#inbox.shutDown();
      this.#outbox.close();
      this.#calls.close();
    }
    for (const listener of stillIn(this.#stateListeners)) {
      // One of them may have changed the state, and then all have been told of that.
      if (this.state === state) notifyListener(this.#surroundings, listener, state);
    }
  }

  #event(event: Event): void {
    if (event.type === 'message') this.#message(event.message, event.updatedAt);
    if (event.type !== 'conversation') return;
    this.#inbox.learn(event.conversation);
    this.#subscriptions.get(event.conversation.id)?.changed(event);
  }

  /** `updatedAt`: of its conversation, after it; not its `sentAt`, which of a guest's is the channel's time. */
  #message(message: Message, updatedAt: string | undefined): void {
    this.#inbox.hear(message, updatedAt);
    this.#subscriptions.get(message.conversationId)?.receive(message);
  }

  async #change<A extends 'route' | 'close' | 'reopen'>(action: A, asked: Asked<A>): Promise<Conversation> {
    this.#refuseIfClosed();
    requireText(asked);
    const { conversation } = await this.#calls.make(action, asked, false);
    this.#inbox.learn(conversation);
    this.#subscriptions.get(conversation.id)?.changed({ conversation });
    return conversation;
  }

  #refuseIfClosed(): void {
    if (this.state.status === 'closed') throw clientClosed();
  }
}
