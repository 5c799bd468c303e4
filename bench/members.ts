/**
 * CPU that reading a group of 100 members costs the function: the SDK's document client as its documentation shows it,
 * on rows with an attribute for each value, against ours. Interleaved, medians of five, on the real engine over HTTP on the loopback. `npm run bench:members`
 */
import { DynamoDBDocumentClient, paginateQuery, PutCommand } from '@aws-sdk/lib-dynamodb';
import { DynamoConnectionStore } from '../lambdas/adapters/dynamodb/connection-store.ts';
import { machine } from '../lambdas/adapters/world.ts';
import { keys } from '../lambdas/adapters/dynamodb/keys.ts';
import { clientOf, startEngine } from '../test/support/engine.ts';

const rounds = 5;
const reads = 100;
const members = 100;

const engine = await startEngine();
const table = await engine.table('members');
const client = clientOf(engine.endpoint);
const documents = DynamoDBDocumentClient.from(client);
const store = new DynamoConnectionStore(table, machine, 1);

const group = { kind: 'department', department: 'front-desk' } as const;
const naivePartition = keys.group('grand', 'naive', 0);
const tokenExpiresAt = Math.ceil(Date.now() / 1000) + 3600;
for (let n = 0; n < members; n++) {
  const connection = { id: `JC1dgf9yoAM${1000 + n}=`, connectedAt: Date.now() };
  const rights = { role: 'staff', departments: ['front-desk', 'spa'], tokenExpiresAt } as const;
  const identity = { hotelId: 'grand', userId: `user-${n}`, ...rights };
  await store.open({ ...connection, identity }, [group]);
  const { pk, sk } = keys.membershipAt(naivePartition, connection.id);
  const Item = { pk, sk, ...connection, ...identity, expiresAt: tokenExpiresAt };
  await documents.send(new PutCommand({ TableName: table.name, Item }));
}

const ways = {
  async sdk() {
    const query = {
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': naivePartition },
      ConsistentRead: true,
    };
    let count = 0;
    for await (const { Items } of paginateQuery({ client: documents }, query)) count += Items?.length ?? 0;
    return count;
  },
  async ours() {
    let count = 0;
    for await (const page of store.members('grand', group)) count += page.length;
    return count;
  },
};

/** Microseconds of CPU that this process spends on a member. */
async function cost(read: () => Promise<number>): Promise<number> {
  const before = process.cpuUsage();
  for (let n = 0; n < reads; n++) {
    if ((await read()) !== members) throw new Error('not all members were read');
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / reads / members;
}

const costs = { sdk: [] as number[], ours: [] as number[] };
for (let round = 0; round <= rounds; round++) {
  for (const way of ['sdk', 'ours'] as const) {
    const measured = await cost(ways[way]);
    // The first round warms both up.
    if (round > 0) costs[way].push(measured);
  }
}
client.destroy();
await engine.stop();

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const [sdk, lean] = [median(costs.sdk), median(costs.ours)];
process.stdout.write(
  `CPU of reading a member: SDK ${sdk.toFixed(1)} µs, ours ${lean.toFixed(1)} µs, ratio 1/${(sdk / lean).toFixed(1)}\n`,
);
