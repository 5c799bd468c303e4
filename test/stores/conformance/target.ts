import type { ConversationRef } from '../../../lambdas/core/conversation.ts';
import type { ConnectionStore, ConversationStore } from '../../../lambdas/core/ports.ts';

/** Stores that the suite can be run against. */
export interface StoresTarget {
  readonly name: string;
  start(): Promise<StoresUnderTest>;
}

export interface StoresUnderTest {
  readonly conversations: ConversationStore;
  /** Connections whose groups are spread over so many partitions; all of them keep the same data. */
  connections(shards?: number): ConnectionStore;
  /** Removes an entry behind the store's back, as an operator might. */
  readonly removeEntry: (ref: ConversationRef, seq: number) => Promise<void>;
  stop(): Promise<void>;
}

export type Stores = () => StoresUnderTest;
