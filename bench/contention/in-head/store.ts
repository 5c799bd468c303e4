import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { untilProcessed } from '../../../lambdas/adapters/dynamodb/batches.ts';
import type { Table } from '../../../lambdas/adapters/dynamodb/client.ts';
import { available } from '../../../lambdas/adapters/dynamodb/errors.ts';
import { keys } from '../../../lambdas/adapters/dynamodb/keys.ts';
import type { Conversation, ConversationRef, Entry } from '../../../lambdas/core/conversation.ts';
import type { World } from '../../../lambdas/core/ports.ts';
import { bytesOf } from './bytes.ts';
import { activityOf, appendOf, type Step } from './expressions.ts';
import * as shapes from './shapes.ts';

/** The requests of the design, one trip each. */
export class HeadStore {
  readonly #table: Table;
  readonly #world: World;

  constructor(table: Table, world: World) {
    this.#table = table;
    this.#world = world;
  }

  async create(conversation: Conversation): Promise<void> {
    const { client, name: TableName } = this.#table;
    const { hotelId, conversationId, department, ...rest } = conversation;
    const Item = {
      ...keys.head(hotelId, conversationId),
      hotelId,
      conversationId,
      ...rest,
      ...(department === null ? {} : { department }),
      ...activityOf(conversation),
      tailFrom: 1,
      cuts: 0,
      tailBytes: 0,
      tail: {},
      seqs: {},
    };
    await client.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
  }

  async read({ hotelId, conversationId }: ConversationRef): Promise<shapes.Head | undefined> {
    const { client, name: TableName } = this.#table;
    const Key = keys.head(hotelId, conversationId);
    const { Item } = await available(() =>
      client.send(new GetCommand({ TableName, Key, ConsistentRead: true })),
    );
    return Item === undefined ? undefined : shapes.headOf(Item);
  }

  async receipt(ref: ConversationRef, name: string): Promise<number | undefined> {
    const { client, name: TableName } = this.#table;
    const Key = shapes.receiptKey(ref, name);
    const { Item } = await available(() =>
      client.send(new GetCommand({ TableName, Key, ConsistentRead: true })),
    );
    return Item === undefined ? undefined : v.parse(shapes.receiptItem, Item).seq;
  }

  /** The body of an entry that is too large for the tail. */
  async putBody(ref: ConversationRef, id: string, body: string): Promise<void> {
    const { client, name: TableName } = this.#table;
    const Item = { ...shapes.bodyKey(ref, id), body };
    await available(() => client.send(new PutCommand({ TableName, Item })));
  }

  /** Takes the step, or says what stands where a condition does not hold. */
  async append(step: Step): Promise<{ readonly taken: boolean; readonly head: shapes.Head }> {
    const { client, name: TableName } = this.#table;
    const Key = keys.head(step.next.hotelId, step.next.conversationId);
    const asked = { ReturnValues: 'ALL_NEW', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
    try {
      const { Attributes } = await available(() =>
        client.send(new UpdateCommand({ TableName, Key, ...appendOf(step), ...asked })),
      );
      return { taken: true, head: shapes.headOf(Attributes) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
      return { taken: false, head: shapes.headOf(unmarshall(error.Item)) };
    }
  }

  /** Puts a segment where none is: the one that is there, its own or another's. */
  async putSegment(
    ref: ConversationRef,
    first: number,
    segment: Omit<shapes.Segment, 'sk'>,
  ): Promise<shapes.Segment> {
    const { client, name: TableName } = this.#table;
    const Item = { ...keys.entry(ref.hotelId, ref.conversationId, first), ...segment };
    const put = new PutCommand({
      TableName,
      Item,
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await available(() => client.send(put));
      return Item;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
      return v.parse(shapes.segmentItem, unmarshall(error.Item));
    }
  }

  /** Receipts are put without a condition: whoever writes one of them writes the same. */
  async putReceipts(ref: ConversationRef, receipts: readonly { name: string; seq: number }[]): Promise<void> {
    const { client, name: table } = this.#table;
    await untilProcessed(this.#world, receipts, async (left) => {
      const requests = left.map(({ name, seq }) => ({
        PutRequest: { Item: { ...shapes.receiptKey(ref, name), seq } },
      }));
      const { UnprocessedItems } = await client.send(
        new BatchWriteCommand({ RequestItems: { [table]: requests } }),
      );
      const unprocessed = new Set(
        (UnprocessedItems?.[table] ?? []).map(({ PutRequest }) => String(PutRequest?.Item?.['sk'])),
      );
      return left.filter(({ name }) => unprocessed.has(shapes.receiptKey(ref, name).sk));
    });
  }

  /** Takes what is in a segment, and has its receipts, out of the tail; undefined if it was cut meanwhile. */
  async cut(
    ref: ConversationRef,
    cuts: number,
    next: number,
    gone: ReadonlyMap<string, string>,
  ): Promise<shapes.Head | undefined> {
    const { client, name: TableName } = this.#table;
    const names = [...gone.keys()];
    const paths = names.map((_, at) => `tail.#k${at}, seqs.#k${at}`);
    const bytes = [...gone].reduce((sum, [name, stored]) => sum + bytesOf(name, stored), 0);
    const update = new UpdateCommand({
      TableName,
      Key: keys.head(ref.hotelId, ref.conversationId),
      UpdateExpression: `SET cuts = :cut, tailFrom = :next, tailBytes = tailBytes - :bytes REMOVE ${paths.join(', ')}`,
      ConditionExpression: 'cuts = :cuts',
      ExpressionAttributeNames: Object.fromEntries(names.map((name, at) => [`#k${at}`, name])),
      ExpressionAttributeValues: { ':cuts': cuts, ':cut': cuts + 1, ':next': next, ':bytes': bytes },
      ReturnValues: 'ALL_NEW',
    });
    try {
      const { Attributes } = await available(() => client.send(update));
      return shapes.headOf(Attributes);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  /** The segments that hold any of these numbers. */
  async segments(ref: ConversationRef, from: number, to: number): Promise<shapes.Segment[]> {
    const { client, name: TableName } = this.#table;
    const { Items = [] } = await available(() =>
      client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': keys.log(ref.hotelId, ref.conversationId),
            ':from': keys.entrySort(Math.max(1, from - shapes.segmentEntries + 1)),
            ':to': keys.entrySort(to),
          },
          ConsistentRead: true,
        }),
      ),
    );
    return Items.map((item) => v.parse(shapes.segmentItem, item));
  }

  async body(ref: ConversationRef, id: string): Promise<Omit<Entry, 'seq'>> {
    const { client, name: TableName } = this.#table;
    const Key = shapes.bodyKey(ref, id);
    const { Item } = await available(() =>
      client.send(new GetCommand({ TableName, Key, ConsistentRead: true })),
    );
    const entry = shapes.entryOf(0, v.parse(v.object({ body: v.string() }), Item).body);
    if ('body' in entry) throw new Error('a body that points to another');
    return entry;
  }
}
