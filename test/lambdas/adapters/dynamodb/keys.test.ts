import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import * as v from 'valibot';
import { groupName, keys } from '../../../../lambdas/adapters/dynamodb/keys.ts';
import { limits } from '../../../../protocol/limits.ts';
import { id } from '../../../../protocol/scalars.ts';

/** Any id of the wire, often a short one, so that two are often the same. */
const anyId = fc.oneof(
  fc.constantFrom('a', 'b', 'ab', 'HEAD', 'N', '__proto__', '-', 'a/b', 'a:b', 'a|b', 'a~', 'D', 'V'),
  fc.stringMatching(/^[A-Za-z0-9_+-][A-Za-z0-9._:@+=/|~-]{0,127}$/),
);
const seq = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const sender = fc.oneof(
  anyId.map((user) => `staff#${user}`),
  fc.constantFrom('guest', 'upstream'),
);
const group = fc.oneof(
  anyId.map((department) => ({ kind: 'department', department }) as const),
  anyId.map((conversationId) => ({ kind: 'conversation', conversationId }) as const),
  fc.constant({ kind: 'unassigned' } as const),
);

/** Any item of the table, as its kind and parts, with its key. */
const item = fc.oneof(
  fc.tuple(anyId, anyId, anyId).map(([h, u, c]) => built(['connection', h, u, c], keys.connection(h, u, c))),
  fc
    .tuple(anyId, group, anyId)
    .map(([h, g, c]) => built(['membership', h, g, c], keys.membership(h, groupName(g), c, 1))),
  fc.tuple(anyId, anyId).map(([h, c]) => built(['head', h, c], keys.head(h, c))),
  fc.tuple(anyId, anyId, seq).map(([h, c, n]) => built(['entry', h, c, n], keys.entry(h, c, n))),
  fc
    .tuple(anyId, anyId, sender, anyId)
    .map(([h, c, s, k]) => built(['receipt', h, c, s, k], keys.receipt(h, c, s, k))),
);

function built(parts: unknown[], key: { pk: string; sk: string }) {
  return { parts: JSON.stringify(parts), key: JSON.stringify(key), ...key };
}

it('builds the same key only from the same parts', () => {
  fc.assert(
    fc.property(item, item, (one, other) => {
      expect(one.key === other.key).toBe(one.parts === other.parts);
    }),
    { numRuns: 3000 },
  );
});

it('separates every part by a # that no id holds, so that a key can be read back', () => {
  fc.assert(
    fc.property(anyId, anyId, anyId, anyId, (hotel, conversation, user, key) => {
      const { pk, sk } = keys.receipt(hotel, conversation, `staff#${user}`, key);
      expect(pk.split('#')).toEqual(['V', hotel, conversation]);
      expect(sk.split('#')).toEqual(['R', 'staff', user, key]);
      expect(keys.group(hotel, groupName({ kind: 'department', department: key }), 3).split('#')).toEqual([
        'G',
        hotel,
        'D',
        key,
        '3',
      ]);
      expect(v.safeParse(id, `${hotel}#`).success).toBe(false);
    }),
  );
});

it('lists each department, status and hotel under a partition of its own', () => {
  const partition = fc.tuple(anyId, fc.option(anyId), fc.constantFrom('open', 'closed'));
  fc.assert(
    fc.property(partition, partition, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      expect(keys.activityPartition(...one) === keys.activityPartition(...other)).toBe(same);
    }),
    { numRuns: 1000 },
  );
});

it('sorts entries as their numbers, before receipts and after the head of no other item', () => {
  fc.assert(
    fc.property(seq, seq, (one, other) => {
      expect(keys.entrySort(one) < keys.entrySort(other)).toBe(one < other);
    }),
  );
});

it('stays within the bytes that DynamoDB allows for keys', () => {
  const long = 'x'.repeat(limits.idUnits);
  const widest = [
    keys.connection(long, long, long),
    keys.membership(long, groupName({ kind: 'conversation', conversationId: long }), long, 9999),
    keys.receipt(long, long, `staff#${long}`, long),
    {
      pk: keys.activityPartition(long, long, 'closed'),
      sk: keys.activitySort('2026-11-23T09:30:00.000Z', long),
    },
  ];
  for (const { pk, sk } of widest) {
    expect(pk.length).toBeLessThanOrEqual(2048);
    expect(sk.length).toBeLessThanOrEqual(1024);
  }
});

it('spreads connections over all partitions of a group, always the same way', () => {
  const ids = Array.from({ length: 1000 }, (_, index) => `JC1dgf9yoAMC${index.toString(36)}=`);
  const partitions = ids.map((each) => keys.membership('h', 'N', each, 8).pk);
  expect(partitions).toEqual(ids.map((each) => keys.membership('h', 'N', each, 8).pk));
  const sizes = Array.from(
    { length: 8 },
    (_, shard) => partitions.filter((pk) => pk === keys.group('h', 'N', shard)).length,
  );
  for (const size of sizes) expect(size).toBeGreaterThan(60);
});
