import { itemFamilies } from '../../contract/table.ts';
import type { Group } from '../../core/ports.ts';

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

const seqDigits = 16;
const membershipSort = 'M#';

/**
 * Every key that is ever built.
 *
 * | item         | pk                                  | sk                               | serves                                              |
 * |--------------|-------------------------------------|----------------------------------|-----------------------------------------------------|
 * | connection   | `U#{hotel}#{user}`                  | `C#{connection}`                 | a connection by id, the connections of a user       |
 * | membership   | `G#{hotel}#{group}#{shard}`         | `M#{connection}`                 | the members of a group, page by page                |
 * | conversation | `V#{hotel}#{conversation}`          | `HEAD`                           | a conversation with its head                        |
 * | entry        | `V#{hotel}#{conversation}`          | `E#{seq, 16 digits}`             | the log in order of seq, any range, lowest number   |
 * | receipt      | `V#{hotel}#{conversation}`          | `R#{sender kind}#{sender}#{key}` | has this been stored before, and as which seq       |
 * | – index –    | `{hotel}#{department}#{status}`     | `{updatedAt}#{conversation}`     | a department's conversations by latest activity     |
 *
 * A group is `D#{department}`, `V#{conversation}` or `N` (the managers, for conversations without a department).
 * Ids never contain `#` (see `protocol`), so two different sets of parts never build the same key.
 * There is no index over memberships: a connection's row lists the partitions of its
 * memberships, and that list is read consistently.
 * Entries and receipts never expire; connections and memberships do, through the TTL attribute.
 */
export const keys = {
  connection: (hotelId: string, userId: string, connectionId: string): Key => ({
    pk: `${itemFamilies.connections}${hotelId}#${userId}`,
    sk: `C#${connectionId}`,
  }),
  /** One of a group's partitions. `group` is a `groupName`. */
  group: (hotelId: string, group: string, shard: number): string =>
    `${itemFamilies.memberships}${hotelId}#${group}#${shard}`,
  /** The partition of a group is chosen by the connection, out of `shards`. */
  membership: (hotelId: string, group: string, connectionId: string, shards: number): Key =>
    keys.membershipAt(keys.group(hotelId, group, shardOf(connectionId, shards)), connectionId),
  membershipAt: (pk: string, connectionId: string): Key => ({ pk, sk: `${membershipSort}${connectionId}` }),
  /** Whose membership it is, by its sort key. */
  memberOf: (sk: string): string => sk.slice(membershipSort.length),
  log: (hotelId: string, conversationId: string): string =>
    `${itemFamilies.conversations}${hotelId}#${conversationId}`,
  head: (hotelId: string, conversationId: string): Key => ({
    pk: keys.log(hotelId, conversationId),
    sk: 'HEAD',
  }),
  entry: (hotelId: string, conversationId: string, seq: number): Key => ({
    pk: keys.log(hotelId, conversationId),
    sk: keys.entrySort(seq),
  }),
  /** Sorts as the numbers do, up to the largest safe integer. */
  entrySort: (seq: number): string => `E#${String(seq).padStart(seqDigits, '0')}`,
  receipt: (hotelId: string, conversationId: string, sender: string, key: string): Key => ({
    pk: keys.log(hotelId, conversationId),
    sk: `R#${sender}#${key}`,
  }),
  /** `department` is null for the conversations without one; no department's id is empty. */
  activityPartition: (hotelId: string, department: string | null, status: string): string =>
    `${hotelId}#${department ?? ''}#${status}`,
  activitySort: (updatedAt: string, conversationId: string): string => `${updatedAt}#${conversationId}`,
} as const;

/** A group within its hotel. */
export function groupName(group: Group): string {
  switch (group.kind) {
    case 'department':
      return `D#${group.department}`;
    case 'conversation':
      return `V#${group.conversationId}`;
    case 'unassigned':
      return 'N';
  }
}

/**
 * Which of a group's partitions holds a connection's membership.
 *
 * Raising the number of shards leaves rows where they are, in shards that are still read; lowering it would hide
 * members until they connect again.
 */
function shardOf(connectionId: string, shards: number): number {
  let hash = 0;
  for (let at = 0; at < connectionId.length; at++) hash = (hash * 31 + connectionId.charCodeAt(at)) >>> 0;
  return hash % shards;
}
