import { byteLength } from '../protocol/codec.ts';
import { offer } from '../protocol/handshake.ts';
import * as limits from '../protocol/client-limits.ts';
import type { You } from '../protocol/model.ts';
import type { Event, Reply } from '../protocol/replies.ts';
import type { Action, RequestInput } from '../protocol/requests.ts';
import { Alarm } from './alarm.ts';
import { isYou } from './identity.ts';
import { isError, isEvent, isFault, isReplyTo, readFrame, type ReplyTo } from './frames.ts';
import type { Surroundings } from './surroundings.ts';
import { Pacer } from './pacer.ts';
import type { Socket } from './platform.ts';
import { isText, type Fields } from './shapes.ts';
import type { Token } from './token.ts';

/** The fields of a request; JSON leaves out what is undefined. */
export type Asked<A extends Action> = AllowUndefined<Omit<RequestInput<A>, 'action' | 'id' | 'who'>>;
type AllowUndefined<T> = {
  readonly [Field in keyof T]: object extends Pick<T, Field> ? T[Field] | undefined : T[Field];
};

/** What became of a request: a reply, a refusal, or neither. */
export type Outcome<R> =
  /** `you`: as whom it was answered. */
  | { readonly reply: R; readonly you: You; readonly error?: never; readonly sent?: never }
  | { readonly error: Reply<'error'>; readonly reply?: never; readonly you?: never; readonly sent?: never }
  /** No answer came. If it was `sent`, it may have been done, or be done later. */
  | { readonly sent: boolean; readonly reply?: never; readonly you?: never; readonly error?: never };

export interface ConnectionEvents {
  opened(): void;
  /** The first reply said who the connection is; events and replies follow. */
  identified(you: You): void;
  event(event: Event): void;
  /** The server refused a request because the token is over. */
  tokenRefused(): void;
  /** A request was answered: with a fault, if there is one. */
  answered(action: Action, fault: Fields | undefined): void;
  /** A request had no answer in time. */
  overdue(): void;
  /** Ended by the other side, or never opened. */
  closed(): void;
}

/** How a request waits. */
export interface Patience {
  /** From its leaving to its answer; `requestTimeoutMs` if not said. */
  readonly timeoutMs?: number;
  /** Asked before it leaves: what nobody wants any more is dropped and not settled. */
  readonly wanted?: () => boolean;
}

interface Pending {
  readonly id: string;
  readonly action: Action;
  /** The frame; `who` asks who the connection is. */
  write(who: true | undefined): string;
  readonly patience: Patience;
  readonly alarm: Alarm;
  sent: boolean;
  /** With its answer, or without one. */
  settle(frame?: Fields): void;
}

/**
 * One socket: its requests find their answers here, in whatever order these come.
 *
 * Every request asks who the connection is until the first reply has said so. Nothing that comes on it is given to
 * anyone before that: it may be another user's.
 */
export class Connection {
  readonly token: Token;
  /** How many frames have come; tells a slow connection from a dead one. */
  heard = 0;
  /** Who this connection is; undefined before the first reply. */
  you: You | undefined;
  readonly #context: Surroundings;
  readonly #events: ConnectionEvents;
  readonly #socket: Socket;
  readonly #pacer: Pacer;
  readonly #pacing: Alarm;
  /** By id, oldest first. */
  readonly #pending = new Map<string, Pending>();
  /** Events that came before the first reply. */
  #early: Event[] = [];
  #lastId = 0;
  #ended = false;

  /** Opens a socket; throws what its constructor throws. */
  constructor(context: Surroundings, url: string, token: Token, events: ConnectionEvents) {
    const { clock, settings } = context;
    this.#context = context;
    this.token = token;
    this.#events = events;
    this.#pacing = new Alarm(clock);
    this.#pacer = new Pacer(settings.framesPerSecond, settings.frameBurst, clock.now());
    this.#socket = new context.WebSocket(url, offer(token.text));
    this.#socket.addEventListener('open', () => this.#ended || events.opened());
    this.#socket.addEventListener('message', ({ data }) => this.#receive(data));
    this.#socket.addEventListener('close', () => this.#end(() => events.closed()));
    // A `close` follows each `error`; `ws` throws where nobody listens.
    this.#socket.addEventListener('error', () => {});
  }

  /** Whether an answer is awaited. */
  get asked(): boolean {
    return this.#pending.size > 0;
  }

  /** Sends a request as soon as the pace allows; `settle` is called at most once, also when the connection ends. */
  request<A extends Action>(
    action: A,
    asked: Asked<A>,
    settle: (outcome: Outcome<ReplyTo<A>>) => void,
    patience: Patience = {},
  ): void {
    const id = String(++this.#lastId);
    const write = (who: true | undefined): string => JSON.stringify({ action, id, ...asked, who });
    if (byteLength(write(true)) > limits.requestBytes) return settle({ error: tooLarge });
    if (this.#ended) return settle({ sent: false });
    const pending: Pending = {
      id,
      action,
      write,
      patience,
      alarm: new Alarm(this.#context.clock),
      sent: false,
      settle: (frame) => {
        if (frame && this.you && isReplyTo(action, frame)) settle({ reply: frame, you: this.you });
        else if (frame && isError(frame)) this.#refused(frame, settle);
        else {
          if (frame) this.#context.notice({ kind: 'foreignFrame' });
          settle({ sent: pending.sent });
        }
      },
    };
    this.#pending.set(id, pending);
    if (!this.#pacing.isSet) this.#send();
  }

  /** Ends it from this side; what has no answer is lost. None of its events is called after this. */
  close(): void {
    this.#end(() => this.#socket.close(1000));
  }

  #send(): void {
    for (const next of this.#pending.values()) {
      if (next.sent) continue;
      const { wanted, timeoutMs = this.#context.settings.requestTimeoutMs } = next.patience;
      if (wanted?.() === false) {
        this.#take(next.id);
        continue;
      }
      const wait = this.#pacer.take(this.#context.clock.now());
      if (wait > 0) return this.#pacing.set(wait, () => this.#send());
      next.sent = true;
      next.alarm.set(timeoutMs, () => this.#timeOut(next.id));
      this.#socket.send(next.write(this.you ? undefined : true));
    }
  }

  #receive(data: unknown): void {
    if (this.#ended) return;
    this.heard++;
    const frame = readFrame(data);
    const id = frame?.['id'];
    if (frame && isText(id)) this.#answered(id, frame);
    else if (frame && isEvent(frame)) this.#hear(frame);
    else if (frame && isFault(frame)) this.#loseOldest(frame);
    else this.#context.notice({ kind: 'foreignFrame' });
  }

  /** A reply that does not say who the connection is, though that was asked, is a lost one. */
  #answered(id: string, frame: Fields): void {
    if (!this.you) {
      if (isYou(frame['you'])) this.#identify(frame['you']);
      else this.#context.notice({ kind: 'foreignFrame' });
    }
    const pending = this.#take(id);
    if (!pending) return;
    this.#events.answered(pending.action, frame['code'] === 'INTERNAL' ? frame : undefined);
    pending.settle(this.you && frame);
  }

  #identify(you: You): void {
    this.you = you;
    this.#events.identified(you);
    for (const event of this.#early.splice(0)) this.#hear(event);
  }

  /** What is dropped leaves a gap, which the log fills; a `bye` is about the connection, whoever it is. */
  #hear(event: Event): void {
    if (this.#ended) return;
    if (this.you || event.type === 'bye') return this.#events.event(event);
    this.#early.push(event);
    if (this.#early.length <= this.#context.settings.maxEarly) return;
    const dropped = this.#early.shift();
    if (dropped) this.#context.notice({ kind: 'dropped', what: 'events', id: subjectOf(dropped) });
  }

  #refused<R>(error: Reply<'error'>, settle: (outcome: Outcome<R>) => void): void {
    if (error.code === 'RATE_LIMITED') {
      this.#pacer.pause(error.retryAfterMs ?? 0, this.#context.clock.now());
    }
    settle({ error });
    if (error.retry === 'reauth') this.#events.tokenRefused();
  }

  /** API Gateway does not say whose fault it was: the oldest that was sent is taken for it. */
  #loseOldest(fault: Fields): void {
    for (const pending of this.#pending.values()) {
      if (!pending.sent) continue;
      this.#take(pending.id);
      this.#events.answered(pending.action, fault);
      return pending.settle();
    }
  }

  #timeOut(id: string): void {
    this.#take(id)?.settle();
    if (!this.#ended) this.#events.overdue();
  }

  #take(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.alarm.clear();
    return pending;
  }

  #end(after: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#pacing.clear();
    after();
    for (const id of this.#pending.keys()) this.#take(id)?.settle();
  }
}

function subjectOf(event: Event): string {
  if (event.type === 'message') return event.message.conversationId;
  return event.type === 'conversation' ? event.conversation.id : '';
}

const tooLarge: Reply<'error'> = {
  type: 'error',
  code: 'TOO_LARGE',
  message: `frame: must be at most ${limits.requestBytes} bytes`,
  retry: 'no',
};
