import { DeleteCommand, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { limits } from '../../../protocol/limits.ts';
import { table as schema } from '../../contract/table.ts';
import { groupName, keys, type Key } from './keys.ts';
import type { Connection } from '../../core/identity.ts';
import { Pool } from '../../core/pool.ts';
import { Unavailable, type ConnectionStore, type Group, type Member, type World } from '../../core/ports.ts';
import type { Table } from './client.ts';
import { available, conditionFailed, isContention, pastConflicts, transact, unexpected } from './errors.ts';
import { connectionItem, membershipItem } from './items.ts';

/**
 * Rows outlive the longest connection by this much, since the clock that reads them and the gateway's may differ by
 * minutes. A row too many costs one 410; a row too few would cost a member its events.
 */
const clockMarginSeconds = 600;

/** Memberships of one connection that are being deleted at the same time; most connections have fewer. */
const deletesAtOnce = 25;

/** Connections and their memberships, in the table. `shards`: over how many partitions a group is spread. */
export class DynamoConnectionStore implements ConnectionStore {
  readonly #table: Table;
  readonly #world: World;
  readonly #shards: number;

  constructor(table: Table, world: World, shards: number) {
    this.#table = table;
    this.#world = world;
    this.#shards = shards;
  }

  async open(connection: Connection, groups: readonly Group[]): Promise<void> {
    const { client, name } = this.#table;
    const items = [
      this.#connectionRow(connection, groups),
      ...groups.map((group) => this.#membershipRow(connection, group)),
    ];
    // At most 66: 64 departments, the managers' group and the connection itself.
    const writes = items.map((Item) => ({ Put: { TableName: name, Item } }));
    const reasons = await transact(() => client.send(new TransactWriteCommand({ TransactItems: writes })));
    if (reasons === undefined) return;
    throw isContention(reasons) ? new Unavailable('DynamoDB throttled a transaction') : unexpected(reasons);
  }

  async has({ id, identity }: Connection): Promise<boolean> {
    const { client, name } = this.#table;
    const Key = keys.connection(identity.hotelId, identity.userId, id);
    const read = new GetCommand({
      TableName: name,
      Key,
      ConsistentRead: true,
      ProjectionExpression: schema.partitionKey,
    });
    const { Item } = await available(() => client.send(read));
    return Item !== undefined;
  }

  async close({ id, identity }: Pick<Connection, 'id' | 'identity'>): Promise<void> {
    await this.#deleteAll(identity.hotelId, identity.userId, id, []);
  }

  async forget({ hotelId, userId, connectionId, place }: Member): Promise<void> {
    await this.#deleteAll(hotelId, userId, connectionId, [place]);
  }

  async join(
    connection: Connection,
    group: Group,
    most: number,
  ): Promise<'joined' | 'gone' | 'full' | 'contended'> {
    const { pk } = this.#membershipKey(connection, group);
    const list = {
      UpdateExpression: 'ADD memberships :membership',
      ConditionExpression:
        'attribute_exists(pk) AND (attribute_not_exists(memberships) OR contains(memberships, :one) OR size(memberships) < :most)',
      ExpressionAttributeValues: { ':membership': new Set([pk]), ':one': pk, ':most': most },
    };
    const row = { Put: { TableName: this.#table.name, Item: this.#membershipRow(connection, group) } };
    const outcome = await this.#changeGroups(connection, list, row);
    if (typeof outcome === 'string') return outcome === 'changed' ? 'joined' : outcome;
    return outcome.row === undefined ? 'gone' : 'full';
  }

  async leave(connection: Connection, group: Group): Promise<'left' | 'contended'> {
    const Key = this.#membershipKey(connection, group);
    const list = {
      UpdateExpression: 'DELETE memberships :membership',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':membership': new Set([Key.pk]) },
    };
    const row = { Delete: { TableName: this.#table.name, Key } };
    const outcome = await this.#changeGroups(connection, list, row);
    if (outcome === 'contended') return outcome;
    // Whoever took the connection for dead may not have got as far as this membership.
    if (outcome !== 'changed') await this.#deleteMembership(Key);
    return 'left';
  }

  async *members(hotelId: string, group: Group): AsyncIterable<readonly Member[]> {
    const { name, readPage } = this.#table;
    for (let shard = 0; shard < this.#shards; shard++) {
      const place = keys.group(hotelId, groupName(group), shard);
      let after: Key | undefined;
      do {
        const page = await readPage({ table: name, partition: place, after });
        yield page.items.map((item) => memberOf(hotelId, place, item));
        after = page.last;
      } while (after !== undefined);
    }
  }

  /** Of a connection whose row has gone. One at a time: the right to write batches would be one to put memberships too. */
  async #deleteMembership(Key: Key): Promise<void> {
    const { client, name } = this.#table;
    await pastConflicts(this.#world, () => client.send(new DeleteCommand({ TableName: name, Key })));
  }

  /**
   * A membership and its place in the connection's list change together, and only while the condition on the connection's
   * row holds. Where it does not, the row as it is comes back; undefined: there is none.
   */
  async #changeGroups(
    { id, identity }: Connection,
    list: ListChange,
    membership: MembershipWrite,
  ): Promise<'changed' | 'contended' | { readonly row: unknown }> {
    const { client, name } = this.#table;
    const Update = {
      ...list,
      TableName: name,
      Key: keys.connection(identity.hotelId, identity.userId, id),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    } as const;
    const reasons = await transact(() =>
      client.send(new TransactWriteCommand({ TransactItems: [{ Update }, membership] })),
    );
    if (reasons === undefined) return 'changed';
    const [row] = reasons;
    if (row?.code === conditionFailed) return { row: row.item };
    if (isContention(reasons)) return 'contended';
    throw unexpected(reasons);
  }

  /** The connection's row goes first: whatever is conditional on it cannot come back afterwards. */
  async #deleteAll(
    hotelId: string,
    userId: string,
    connectionId: string,
    met: readonly string[],
  ): Promise<void> {
    const { client, name } = this.#table;
    const row = {
      TableName: name,
      Key: keys.connection(hotelId, userId, connectionId),
      ReturnValues: 'ALL_OLD',
    } as const;
    // A subscribe may be under way on it.
    const { Attributes } = await pastConflicts(this.#world, () => client.send(new DeleteCommand(row)));
    const listed = Attributes === undefined ? [] : (v.parse(connectionItem, Attributes).memberships ?? []);
    const memberships = [...new Set([...listed, ...met])].map((pk) => keys.membershipAt(pk, connectionId));
    const pool = new Pool(deletesAtOnce);
    await Promise.all(memberships.map((Key) => pool.run(() => this.#deleteMembership(Key))));
  }

  #connectionRow(connection: Connection, groups: readonly Group[]): Record<string, unknown> {
    const { hotelId, userId, role, departments, tokenExpiresAt } = connection.identity;
    return {
      ...keys.connection(hotelId, userId, connection.id),
      role,
      departments,
      tokenExpiresAt,
      connectedAt: connection.connectedAt,
      [schema.timeToLive]: expiryOf(connection),
      ...(groups.length === 0
        ? {}
        : { memberships: new Set(groups.map((group) => this.#membershipKey(connection, group).pk)) }),
    };
  }

  #membershipRow(connection: Connection, group: Group): Record<string, unknown> {
    const { userId, role, departments, tokenExpiresAt } = connection.identity;
    const { connectedAt } = connection;
    return {
      ...this.#membershipKey(connection, group),
      member: JSON.stringify({ userId, role, departments, tokenExpiresAt, connectedAt }),
      [schema.timeToLive]: expiryOf(connection),
    };
  }

  #membershipKey(connection: Connection, group: Group): Key {
    return keys.membership(connection.identity.hotelId, groupName(group), connection.id, this.#shards);
  }
}

interface ListChange {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

type MembershipWrite =
  | { readonly Put: { readonly TableName: string; readonly Item: Record<string, unknown> } }
  | { readonly Delete: { readonly TableName: string; readonly Key: Key } };

function memberOf(hotelId: string, place: string, item: unknown): Member {
  const { sk, member, expiresAt } = v.parse(membershipItem, item);
  return { ...member, expiresAt, hotelId, place, connectionId: keys.memberOf(sk) };
}

function expiryOf({ connectedAt }: Connection): number {
  return Math.ceil(connectedAt / 1000) + limits.connectionSeconds + clockMarginSeconds;
}
