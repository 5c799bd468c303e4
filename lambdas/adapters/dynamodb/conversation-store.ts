import { BatchGetCommand, GetCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { table as schema } from '../../contract/table.ts';
import { keys } from './keys.ts';
import type { Conversation, ConversationRef, Entry, Receipt } from '../../core/conversation.ts';
import type {
  ActivityRange,
  Commit,
  CommitOutcome,
  ConversationStore,
  LogPage,
  LogRange,
  World,
} from '../../core/ports.ts';
import { untilProcessed } from './batches.ts';
import type { Table } from './client.ts';
import { commitWrites } from './commit.ts';
import { available, conditionFailed, isContention, isPassing, transact, unexpected } from './errors.ts';
import { conversationItem, entryItem, receiptItem } from './items.ts';

/** Conversations, their logs and their receipts, in the table. */
export class DynamoConversationStore implements ConversationStore {
  readonly #table: Table;
  readonly #world: World;

  constructor(table: Table, world: World) {
    this.#table = table;
    this.#world = world;
  }

  async read({ hotelId, conversationId }: ConversationRef): Promise<Conversation | undefined> {
    const item = await this.#get(keys.head(hotelId, conversationId));
    return item === undefined ? undefined : conversationOf(item);
  }

  async readMany(
    hotelId: string,
    conversationIds: readonly string[],
  ): Promise<ReadonlyMap<string, Conversation>> {
    const found = new Map<string, Conversation>();
    const { client, name } = this.#table;
    await untilProcessed(this.#world, [...new Set(conversationIds)], async (ids) => {
      const asked = ids.map((id) => keys.head(hotelId, id));
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [name]: { Keys: asked, ConsistentRead: true } } }),
      );
      for (const item of Responses?.[name] ?? []) {
        const conversation = conversationOf(item);
        found.set(conversation.conversationId, conversation);
      }
      const left = new Set((UnprocessedKeys?.[name]?.Keys ?? []).map((key) => String(key['pk'])));
      return ids.filter((id) => left.has(keys.log(hotelId, id)));
    });
    return found;
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    const { writes, receiptAt, headAt } = commitWrites(this.#table.name, commit);
    const reasons = await transact(() =>
      this.#table.client.send(new TransactWriteCommand({ TransactItems: writes })),
    );
    if (reasons === undefined) return { kind: 'committed' };
    const receipt = receiptAt === undefined ? undefined : reasons[receiptAt];
    if (receipt?.code === conditionFailed) {
      return { kind: 'duplicate', ...v.parse(receiptItem, receipt.item) };
    }
    const head = reasons[headAt];
    if (head?.code === conditionFailed) {
      return { kind: 'moved', conversation: head.item === undefined ? undefined : conversationOf(head.item) };
    }
    // Whoever is writing the head now explains an entry that is there already: this commit was decided on an old head.
    const unexplained =
      head && isPassing(head) ? reasons.filter(({ code }) => code !== conditionFailed) : reasons;
    if (isContention(unexplained)) return { kind: 'contended' };
    throw unexpected(reasons);
  }

  async entry({ hotelId, conversationId }: ConversationRef, seq: number): Promise<Entry | undefined> {
    const item = await this.#get(keys.entry(hotelId, conversationId, seq));
    return item === undefined ? undefined : v.parse(entryItem, item);
  }

  async receipt({ hotelId, conversationId }: ConversationRef, { sender, key }: Receipt) {
    const item = await this.#get(keys.receipt(hotelId, conversationId, sender, key));
    return item === undefined ? undefined : v.parse(receiptItem, item);
  }

  async page(ref: ConversationRef, range: LogRange): Promise<LogPage> {
    const [items, lowest] = await Promise.all([
      this.#entries(ref, bounds(range), range.kind === 'after', range.limit),
      this.#entries(ref, everything, true, 1),
    ]);
    const entries = items.map((item) => v.parse(entryItem, item));
    if (range.kind !== 'after') entries.reverse();
    return { entries, first: lowest.map((item) => v.parse(receiptItem, item).seq)[0] ?? 1 };
  }

  async list(
    hotelId: string,
    { department, status, limit, after }: ActivityRange,
  ): Promise<readonly Conversation[]> {
    const { activityIndex } = schema;
    const { Items } = await available(() =>
      this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          IndexName: activityIndex.name,
          KeyConditionExpression: after === undefined ? '#pk = :pk' : '#pk = :pk AND #sk < :after',
          ExpressionAttributeNames: {
            '#pk': activityIndex.partitionKey,
            ...(after === undefined ? {} : { '#sk': activityIndex.sortKey }),
          },
          ExpressionAttributeValues: {
            ':pk': keys.activityPartition(hotelId, department, status),
            ...(after === undefined
              ? {}
              : { ':after': keys.activitySort(after.updatedAt, after.conversationId) }),
          },
          ScanIndexForward: false,
          Limit: limit,
        }),
      ),
    );
    return (Items ?? []).map(conversationOf);
  }

  async #get(key: { pk: string; sk: string }): Promise<unknown> {
    const { client, name } = this.#table;
    const { Item } = await available(() =>
      client.send(new GetCommand({ TableName: name, Key: key, ConsistentRead: true })),
    );
    return Item;
  }

  /** One query: at most 1 MB, which is more than any reply holds. */
  async #entries(
    ref: ConversationRef,
    [from, to]: Bounds,
    forward: boolean,
    limit: number,
  ): Promise<unknown[]> {
    if (from > to) return [];
    const { client, name } = this.#table;
    const { Items } = await available(() =>
      client.send(
        new QueryCommand({
          TableName: name,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': keys.log(ref.hotelId, ref.conversationId),
            ':from': keys.entrySort(from),
            ':to': keys.entrySort(to),
          },
          ConsistentRead: true,
          ScanIndexForward: forward,
          Limit: limit,
        }),
      ),
    );
    return Items ?? [];
  }
}

/** The lowest and the highest seq of a range, both included. */
type Bounds = readonly [number, number];

const everything: Bounds = [1, Number.MAX_SAFE_INTEGER];

function bounds(range: LogRange): Bounds {
  switch (range.kind) {
    case 'newest':
      return everything;
    case 'before':
      return [1, range.seq - 1];
    case 'after':
      return [range.seq + 1, Number.MAX_SAFE_INTEGER];
  }
}

/** A stored conversation; one without a department leaves the attribute out. */
function conversationOf(item: unknown): Conversation {
  const { department = null, ...rest } = v.parse(conversationItem, item);
  return { ...rest, department };
}
