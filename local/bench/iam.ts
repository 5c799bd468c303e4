/**
 * What IAM costs a call in the local run: the time of the call, and CPU of the process that runs it, with and without.
 * Interleaved, medians of five. `npm run bench:iam`
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import type { Callers } from '../src/authorization.ts';
import { systemClock as clock } from '../src/clock.ts';
import { callReader } from '../src/dynamodb/calls.ts';
import { startDynamoDb } from '../src/dynamodb/dynamodb.ts';
import { startDynamoDbProxy } from '../src/dynamodb/proxy.ts';
import { credentials } from '../src/functions/environment-variables.ts';
import { startWebSocketGateway } from '../src/gateway/gateway.ts';
import { readCallers } from '../src/iam/callers.ts';
import { keepProcesses } from '../src/processes.ts';
import { Teardown } from '../src/teardown.ts';
import { account, api, caller, region, role, table } from './iam-subject.ts';

const rounds = 5;
const calls = 3000;
const underWay = 8;

interface Measure {
  readonly name: string;
  /** The operation of DynamoDB; of no meaning to the gateway. */
  readonly target: string;
  readonly body: string;
  /** Where the call goes. */
  readonly without: string;
  readonly withIam: string;
}

/** Microseconds of one call. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

const log = (message: string): void => void process.stderr.write(`${message}\n`);

async function prepare(teardown: Teardown): Promise<Measure[]> {
  const model = { account, region, functions: [caller], roles: [role] };
  const callers = await readCallers({ model, now: Date.now, log });
  const { engine, proxy } = await tables(callers, teardown);
  const onTables = { without: engine, withIam: proxy };
  const message = { S: 'x'.repeat(200) };
  const puts = ['a', 'b', 'c'].map((name) => ({
    Put: { TableName: table.name, Item: { ...keyOf(name), message } },
  }));
  const read = { TableName: table.name, Key: keyOf('a') };
  return [
    { name: 'GetItem', target: 'GetItem', body: JSON.stringify(read), ...onTables },
    {
      name: 'TransactWriteItems of three',
      target: 'TransactWriteItems',
      body: JSON.stringify({ TransactItems: puts }),
      ...onTables,
    },
    {
      name: 'PostToConnection',
      target: '',
      body: 'x'.repeat(300),
      without: await connection(undefined, teardown),
      withIam: await connection(callers, teardown),
    },
  ];
}

function keyOf(name: string): object {
  return { pk: { S: `V#grand#${name}` } };
}

async function tables(callers: Callers, teardown: Teardown): Promise<{ engine: string; proxy: string }> {
  const keeper = teardown.add(keepProcesses(), (processes) => processes.stop());
  const engine = await startDynamoDb({
    tables: [table],
    region,
    dataDirectory: '.',
    inMemory: true,
    environment: process.env,
    keeper,
    clock,
    log,
    onDeath: log,
  });
  teardown.add(engine, (it) => it.stop());
  const readCalls = callReader({ partition: 'aws', account, region, tables: [table] });
  const proxy = await startDynamoDbProxy({ engineUrl: engine.url, callers, readCalls });
  teardown.add(proxy, (it) => it.stop());
  return { engine: engine.url, proxy: proxy.url };
}

/** Opens a connection to a gateway of its own; the promise is where to post to it. */
async function connection(callers: Callers | undefined, teardown: Teardown): Promise<string> {
  let connectionId = '';
  const invoker = {
    invoke: (_function: string, payload: string) => {
      connectionId = /"connectionId":"([^"]+)"/.exec(payload)?.[1] ?? '';
      return Promise.resolve({ outcome: 'success', requestId: '', payload: '{"statusCode":200}' } as const);
    },
  };
  const parts = { api, account, region, invoker, callers, clock, log, random: randomBytes };
  const gateway = teardown.add(await startWebSocketGateway(parts), (it) => it.stop());
  await once(new WebSocket(gateway.websocketUrl('live')), 'open');
  return `${gateway.managementUrl('live')}/@connections/${encodeURIComponent(connectionId)}`;
}

async function cost(url: string, { target, body }: Measure): Promise<Cost> {
  const key = credentials(caller.arn).AWS_ACCESS_KEY_ID;
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/20260101/${region}/any/aws4_request, SignedHeaders=host, Signature=0`;
  const numbers = [String(calls), String(underWay)];
  const script = join(import.meta.dirname, 'caller.mjs');
  const before = process.cpuUsage();
  const child = spawn(
    process.execPath,
    [script, url, ...numbers, authorization, `DynamoDB_20120810.${target}`, body],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const wall = Number(await text(child.stdout));
  const { user, system } = process.cpuUsage(before);
  if (!(wall > 0)) throw new Error(`The calls to ${url} failed.`);
  return { wall, cpu: (user + system) / calls };
}

async function compare(measure: Measure): Promise<string> {
  const costs = { without: [] as Cost[], withIam: [] as Cost[] };
  for (let round = 0; round <= rounds; round++) {
    for (const way of ['without', 'withIam'] as const) {
      const measured = await cost(measure[way], measure);
      // The first round warms both up.
      if (round > 0) costs[way].push(measured);
    }
  }
  const [before, after] = [median(costs.without, 'wall'), median(costs.withIam, 'wall')];
  const cpu = median(costs.withIam, 'cpu') - median(costs.without, 'cpu');
  return `${measure.name}: ${(after / before).toFixed(2)} times the time (${before.toFixed(0)} µs without IAM, ${after.toFixed(0)} µs with it), ${cpu.toFixed(0)} µs more CPU of the local run`;
}

function median(costs: readonly Cost[], of: keyof Cost): number {
  return costs.map((measured) => measured[of]).toSorted((a, b) => a - b)[Math.floor(costs.length / 2)] ?? 0;
}

const teardown = new Teardown();
try {
  for (const measure of await prepare(teardown)) process.stdout.write(`${await compare(measure)}\n`);
} finally {
  await teardown.run();
}
