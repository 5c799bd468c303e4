import type { Status } from '../../protocol/model.ts';
import type { Conversation, ConversationRef, Entry, Receipt, StoredReceipt } from './conversation.ts';
import type { Connection, Entitlement } from './identity.ts';

/*
 * What the decisions need from the outside, in their own words. Each reads consistently unless it says otherwise, and
 * throws `Unavailable` when its service throttled or failed; any other error is a fault.
 */

/** A dependency throttled or failed: nothing was stored, or it is not known. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

export interface ConversationStore {
  read(ref: ConversationRef): Promise<Conversation | undefined>;
  /** By conversation id; those that do not exist are missing. At most 100 ids. */
  readMany(hotelId: string, conversationIds: readonly string[]): Promise<ReadonlyMap<string, Conversation>>;
  /** All of a commit or nothing of it. Only one with a receipt can be a duplicate. */
  commit(commit: Commit): Promise<CommitOutcome>;
  entry(ref: ConversationRef, seq: number): Promise<Entry | undefined>;
  receipt(ref: ConversationRef, receipt: Receipt): Promise<StoredReceipt | undefined>;
  /** Entries in the order of seq, whichever end they were read from, and the lowest number still stored. */
  page(ref: ConversationRef, range: LogRange): Promise<LogPage>;
  /** Newest activity first; eventually consistent, since it reads an index. */
  list(hotelId: string, range: ActivityRange): Promise<readonly Conversation[]>;
}

/** One step of a conversation, decided on `expected` and stored only if that still holds. */
export interface Commit {
  /** Absent: the conversation must not exist yet. */
  readonly expected?: Conversation;
  readonly next: Conversation;
  /** What happened, numbered `next.head`; absent when nothing that anyone sees did. */
  readonly entry?: Entry;
  /** Stored with the number of `entry`, or with 0. */
  readonly receipt?: Receipt;
}

export type CommitOutcome =
  | { readonly kind: 'committed' }
  /** The receipt was there already; this is what it remembers. */
  | ({ readonly kind: 'duplicate' } & StoredReceipt)
  /** `expected` no longer holds; this is what does. */
  | { readonly kind: 'moved'; readonly conversation: Conversation | undefined }
  /** Another transaction was under way on the same items: the same commit may succeed in a moment. */
  | { readonly kind: 'contended' };

export type LogRange =
  | { readonly kind: 'newest'; readonly limit: number }
  /** The newest of those before `seq`. */
  | { readonly kind: 'before'; readonly seq: number; readonly limit: number }
  /** The oldest of those after `seq`. */
  | { readonly kind: 'after'; readonly seq: number; readonly limit: number };

export interface LogPage {
  readonly entries: readonly Entry[];
  /** 1 while nothing is stored. */
  readonly first: number;
}

export interface ActivityRange {
  readonly department: string | null;
  readonly status: Status;
  readonly limit: number;
  /** Only what comes after this one in the listing. */
  readonly after?: { readonly updatedAt: string; readonly conversationId: string };
}

export interface ConnectionStore {
  /** Stores the connection and its memberships in its groups; done, it gets their events. */
  open(connection: Connection, groups: readonly Group[]): Promise<void>;
  /** Whether the connection was opened and has neither been closed nor forgotten. */
  has(connection: Connection): Promise<boolean>;
  /** Deletes the connection's row first, then every membership that it lists. */
  close(connection: Pick<Connection, 'id' | 'identity'>): Promise<void>;
  /** As `close`, for a connection of which only a membership was met; that one goes too, listed or not. */
  forget(member: Member): Promise<void>;
  /**
   * Adds a membership, unless the connection has `most` of them and this is another one (`full`) or has been closed
   * (`gone`); then nothing was stored.
   */
  join(connection: Connection, group: Group, most: number): Promise<'joined' | 'gone' | 'full' | 'contended'>;
  leave(connection: Connection, group: Group): Promise<'left' | 'contended'>;
  /** A group's members, page by page, also those past their expiry. */
  members(hotelId: string, group: Group): AsyncIterable<readonly Member[]>;
}

/** Whom an event reaches. `unassigned` holds the managers, for the conversations without a department. */
export type Group =
  | { readonly kind: 'department'; readonly department: string }
  | { readonly kind: 'conversation'; readonly conversationId: string }
  | { readonly kind: 'unassigned' };

export interface Member extends Entitlement {
  readonly connectionId: string;
  readonly hotelId: string;
  readonly userId: string;
  /** Epoch seconds. */
  readonly tokenExpiresAt: number;
  /** Epoch milliseconds. */
  readonly connectedAt: number;
  /** Epoch seconds; no connection lives longer. */
  readonly expiresAt: number;
  /** Where the store keeps this membership; only the store reads it. */
  readonly place: string;
}

export interface Gateway {
  /** Writes a frame to a connection. Never rejects; `gone` when the connection does not exist. */
  post(connectionId: string, frame: string): Promise<'delivered' | 'gone' | 'failed'>;
  /** Ends a connection, whose client then connects again. Never rejects. */
  close(connectionId: string): Promise<void>;
}

/** Time, randomness and ids, injected so that a simulation decides them. */
export interface World {
  now(): Date;
  /** Resolves after so many milliseconds. */
  sleep(milliseconds: number): Promise<void>;
  /** 0 to below 1. */
  random(): number;
  newId(): string;
}

export type Level = 'info' | 'warn' | 'error';

/** Structured records; fields never hold tokens, texts, names or addresses. */
export interface Log {
  write(level: Level, event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** The same log, with these fields in every record. */
  with(fields: Readonly<Record<string, unknown>>): Log;
}

/** An error as fields of a record. Its message may be shown to operators, never to a client. */
export function errorFields(error: unknown): { error: string; reason: string; cause?: string } {
  if (!(error instanceof Error)) return { error: 'unknown', reason: String(error) };
  const { name, message, cause } = error;
  return {
    error: name,
    reason: message,
    ...(cause instanceof Error ? { cause: `${cause.name}: ${cause.message}` } : {}),
  };
}
