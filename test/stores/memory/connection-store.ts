import { groupName, keys } from '../../../lambdas/adapters/dynamodb/keys.ts';
import type { Connection } from '../../../lambdas/core/identity.ts';
import type { ConnectionStore, Group, Member } from '../../../lambdas/core/ports.ts';
import { limits } from '../../../protocol/limits.ts';
import { noWait, Transactions, type Turn } from './transactions.ts';

/** What is stored, so that several stores can look at the same. */
export class ConnectionRows {
  /** The places of a connection's memberships, by connection. */
  readonly connections = new Map<string, Set<string>>();
  /** Members by place, then by connection id. */
  readonly groups = new Map<string, Map<string, Member>>();
}

export interface MemoryConnectionsOptions {
  readonly rows?: ConnectionRows;
  readonly turn?: Turn;
  readonly shards?: number;
  /** Characters of JSON in one page of members; DynamoDB's is 1 MB. */
  readonly pageSize?: number;
}

/** How long a row outlives the longest connection, in seconds. */
const marginSeconds = 600;

/** Connections in memory. Rows past their expiry stay, as they may in DynamoDB for days. */
export class MemoryConnectionStore implements ConnectionStore {
  readonly #rows: ConnectionRows;
  readonly #turn: Turn;
  readonly #transactions: Transactions;
  readonly #shards: number;
  readonly #pageSize: number;

  constructor({
    rows = new ConnectionRows(),
    turn = noWait,
    shards = 1,
    pageSize = 1_000_000,
  }: MemoryConnectionsOptions = {}) {
    this.#rows = rows;
    this.#turn = turn;
    this.#transactions = new Transactions(turn);
    this.#shards = shards;
    this.#pageSize = pageSize;
  }

  async open(connection: Connection, groups: readonly Group[]): Promise<void> {
    await this.#turn('open');
    const members = groups.map((group) => this.#member(connection, group));
    this.#rows.connections.set(keyOf(connection), new Set(members.map(({ place }) => place)));
    for (const member of members) this.#put(member);
  }

  async has(connection: Connection): Promise<boolean> {
    await this.#turn('has');
    return this.#rows.connections.has(keyOf(connection));
  }

  async close(connection: Pick<Connection, 'id' | 'identity'>): Promise<void> {
    await this.#deleteAll(keyOf(connection), connection.id, []);
  }

  async forget({ hotelId, userId, connectionId, place }: Member): Promise<void> {
    await this.#deleteAll(keyOf({ id: connectionId, identity: { hotelId, userId } }), connectionId, [place]);
  }

  async join(
    connection: Connection,
    group: Group,
    most: number,
  ): Promise<'joined' | 'gone' | 'full' | 'contended'> {
    const member = this.#member(connection, group);
    return this.#transactions.run('join', itemsOf(connection, member), () => {
      const places = this.#rows.connections.get(keyOf(connection));
      if (places === undefined) return 'gone';
      if (!places.has(member.place) && places.size >= most) return 'full';
      places.add(member.place);
      this.#put(member);
      return 'joined';
    });
  }

  async leave(connection: Connection, group: Group): Promise<'left' | 'contended'> {
    const member = this.#member(connection, group);
    return this.#transactions.run('leave', itemsOf(connection, member), () => {
      const places = this.#rows.connections.get(keyOf(connection));
      places?.delete(member.place);
      this.#rows.groups.get(member.place)?.delete(member.connectionId);
      return 'left';
    });
  }

  async *members(hotelId: string, group: Group): AsyncIterable<readonly Member[]> {
    for (let shard = 0; shard < this.#shards; shard++) {
      const place = keys.group(hotelId, groupName(group), shard);
      let last: string | undefined = '';
      while (last !== undefined) {
        await this.#turn('members');
        const page: Member[] = this.#pageAfter(place, last);
        last = page.at(-1)?.connectionId;
        if (page.length > 0) yield page;
      }
    }
  }

  /** Rows of a connection, for tests that look for what should be gone. */
  rowsOf(connectionId: string): number {
    const rows = [...this.#rows.connections.keys()].filter((key) => key.endsWith(`#${connectionId}`)).length;
    return rows + [...this.#rows.groups.values()].filter((members) => members.has(connectionId)).length;
  }

  /** In the order of connection ids, from where the last page ended: who joins behind it is not seen. */
  #pageAfter(place: string, last: string): Member[] {
    const members = [...(this.#rows.groups.get(place)?.values() ?? [])]
      .filter(({ connectionId }) => connectionId > last)
      .toSorted((one, other) => (one.connectionId < other.connectionId ? -1 : 1));
    let size = 0;
    const end = members.findIndex((member) => (size += JSON.stringify(member).length) >= this.#pageSize);
    return end === -1 ? members : members.slice(0, end + 1);
  }

  /** The row of the connection first, then its memberships: in between, others may look. */
  async #deleteAll(connection: string, connectionId: string, met: readonly string[]): Promise<void> {
    do await this.#turn('close');
    while (this.#transactions.holds(connection));
    const places = new Set([...(this.#rows.connections.get(connection) ?? []), ...met]);
    this.#rows.connections.delete(connection);
    await this.#turn('close');
    for (const place of places) this.#rows.groups.get(place)?.delete(connectionId);
  }

  #put(member: Member): void {
    const members = this.#rows.groups.get(member.place) ?? new Map<string, Member>();
    this.#rows.groups.set(member.place, members.set(member.connectionId, member));
  }

  #member({ id, connectedAt, identity }: Connection, group: Group): Member {
    const { hotelId, userId, role, departments, tokenExpiresAt } = identity;
    return {
      connectionId: id,
      hotelId,
      userId,
      role,
      departments,
      tokenExpiresAt,
      connectedAt,
      expiresAt: Math.ceil(connectedAt / 1000) + limits.connectionSeconds + marginSeconds,
      place: keys.membership(hotelId, groupName(group), id, this.#shards).pk,
    };
  }
}

function keyOf(connection: {
  id: string;
  identity: { readonly hotelId: string; readonly userId: string };
}): string {
  const { hotelId, userId } = connection.identity;
  return `${hotelId}#${userId}#${connection.id}`;
}

function itemsOf(connection: Connection, member: Member): string[] {
  return [keyOf(connection), `${member.place}#${member.connectionId}`];
}
