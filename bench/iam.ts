/**
 * What IAM costs a call in the local run: CPU of the process that runs it, and time of the call, with and without.
 * Interleaved, medians of five. `node --import tsx bench/iam.ts`
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { systemClock } from '../local/clock.ts';
import { callReader } from '../local/dynamodb/calls.ts';
import { startDynamoDb } from '../local/dynamodb/dynamodb.ts';
import { startDynamoDbProxy } from '../local/dynamodb/proxy.ts';
import { credentials } from '../local/functions/environment-variables.ts';
import { startWebSocketGateway } from '../local/gateway/gateway.ts';
import { readCallers } from '../local/iam/callers.ts';
import type { FunctionModel, RoleModel, TableModel, WebSocketApiModel } from '../local/model.ts';
import { keepProcesses } from '../local/processes.ts';
import { Teardown } from '../local/teardown.ts';

const rounds = 5;
const calls = 3000;
const underWay = 8;

const account = '000000000000';
const region = 'us-east-1';
const log = (line: string): void => void process.stderr.write(`${line}\n`);

const table: TableModel = {
  logicalId: 'Table',
  name: 'bench',
  arn: `arn:aws:dynamodb:${region}:${account}:table/bench`,
  keySchema: [{ attributeName: 'pk', keyType: 'HASH' }],
  attributeDefinitions: [{ attributeName: 'pk', attributeType: 'S' }],
  globalSecondaryIndexes: [],
  localSecondaryIndexes: [],
};
const api: WebSocketApiModel = {
  logicalId: 'Api',
  id: 'abcdefghij',
  name: 'bench',
  routeSelectionExpression: '$request.body.action',
  routes: [],
  stages: [{ name: 'live', variables: {}, routeThrottles: {} }],
};

/** As many statements as a function of this application has, all of them conditional. */
const allowed = ['GetItem', 'PutItem', 'UpdateItem', 'Query', 'BatchWriteItem', 'DeleteItem'];
const role: RoleModel = {
  logicalId: 'Role',
  name: 'bench',
  arn: `arn:aws:iam::${account}:role/bench`,
  foreignPolicyArns: [],
  policies: [
    {
      name: 'policy',
      document: {
        Version: '2012-10-17',
        Statement: [
          ...allowed.map((action) => ({
            Effect: 'Allow',
            Action: `dynamodb:${action}`,
            Resource: table.arn,
            Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['V#*'] } },
          })),
          {
            Effect: 'Allow',
            Action: 'execute-api:ManageConnections',
            Resource: `arn:aws:execute-api:${region}:${account}:${api.id}/live/POST/@connections/*`,
          },
        ],
      },
    },
  ],
};
const model: FunctionModel = {
  logicalId: 'Function',
  name: 'bench',
  arn: `arn:aws:lambda:${region}:${account}:function:bench`,
  roleArn: role.arn,
  runtime: 'nodejs24.x',
  handler: 'index.handler',
  codeDirectory: '.',
  environment: {},
  timeoutSeconds: 3,
  memoryMegabytes: 128,
  logGroup: '/aws/lambda/bench',
  logFormat: 'Text',
  permissions: [],
  asynchronous: { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 },
};

interface Measure {
  readonly name: string;
  readonly off: string;
  readonly on: string;
  readonly request: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly status: number;
  };
}

const authorization = `AWS4-HMAC-SHA256 Credential=${credentials(model.arn).AWS_ACCESS_KEY_ID}/20260101/${region}/x/aws4_request, SignedHeaders=host, Signature=0`;

function dynamoDbCall(operation: string, request: object): Measure['request'] {
  const headers = {
    authorization,
    'x-amz-date': '20260101T000000Z',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
  };
  const type = { 'content-type': 'application/x-amz-json-1.0' };
  return { method: 'POST', headers: { ...headers, ...type }, body: JSON.stringify(request), status: 200 };
}

const key = { pk: { S: 'V#grand#c1' } };
const put = (name: string): object => ({
  Put: { TableName: 'bench', Item: { pk: { S: `V#grand#${name}` }, text: { S: 'x'.repeat(200) } } },
});

async function prepare(teardown: Teardown): Promise<Measure[]> {
  const callers = await readCallers({
    model: { account, region, functions: [model], roles: [role] },
    now: Date.now,
    log,
  });
  const keeper = teardown.add(keepProcesses(), (processes) => processes.stop());
  const engine = await startDynamoDb({
    ...{ tables: [table], region, dataDirectory: '.', inMemory: true, environment: process.env, keeper, log },
    ...{ clock: systemClock, onDeath: log },
  });
  teardown.add(engine, (it) => it.stop());
  const readCalls = callReader({ partition: 'aws', account, region, tables: [table] });
  const proxy = await startDynamoDbProxy({ engineUrl: engine.url, callers, readCalls });
  teardown.add(proxy, (it) => it.stop());
  const [withIam, without] = [await gateway(teardown, callers), await gateway(teardown)];
  const transaction = { TransactItems: [put('a'), put('b'), put('c')] };
  const tables = { off: engine.url, on: proxy.url };
  const post = { method: 'POST', headers: { authorization }, body: 'x'.repeat(300), status: 200 };
  return [
    { name: 'GetItem', ...tables, request: dynamoDbCall('GetItem', { TableName: 'bench', Key: key }) },
    {
      name: 'TransactWriteItems of three',
      ...tables,
      request: dynamoDbCall('TransactWriteItems', transaction),
    },
    { name: 'PostToConnection', off: without, on: withIam, request: post },
  ];
}

/** A gateway with one connection; where to post to it. */
async function gateway(
  teardown: Teardown,
  callers?: Awaited<ReturnType<typeof readCallers>>,
): Promise<string> {
  let connectionId = '';
  const started = await startWebSocketGateway({
    ...{ account, region, clock: systemClock, log, random: randomBytes, callers },
    api: {
      ...api,
      routes: [
        {
          routeKey: '$connect',
          integration: { functionArn: model.arn, timeoutMilliseconds: 1000 },
          responds: false,
        },
      ],
    },
    invoker: {
      invoke: (_function, payload) => {
        connectionId = /"connectionId":"([^"]+)"/.exec(payload)?.[1] ?? '';
        return Promise.resolve({ outcome: 'success', requestId: '', payload: '{"statusCode":200}' });
      },
    },
  });
  teardown.add(started, (it) => it.stop());
  const socket = new WebSocket(started.websocketUrl('live'));
  await once(socket, 'open');
  return `${started.managementUrl('live')}/@connections/${encodeURIComponent(connectionId)}`;
}

interface Cost {
  /** Microseconds of CPU of this process, and of the whole call. */
  readonly cpu: number;
  readonly wall: number;
}

async function cost(url: string, request: Measure['request']): Promise<Cost> {
  const caller = join(import.meta.dirname, 'caller.mjs');
  const child = spawn(process.execPath, [caller, url, String(calls), String(underWay)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const before = process.cpuUsage();
  child.stdin.end(JSON.stringify(request));
  const wall = Number(await text(child.stdout));
  const { user, system } = process.cpuUsage(before);
  if (!(wall > 0)) throw new Error(`${url} did not answer as it should`);
  return { cpu: (user + system) / calls, wall };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function line(name: string, off: readonly Cost[], on: readonly Cost[]): string {
  const [wallOff, wallOn] = [off, on].map((costs) => median(costs.map(({ wall }) => wall)));
  const [cpuOff, cpuOn] = [off, on].map((costs) => median(costs.map(({ cpu }) => cpu)));
  const ratio = (wallOn ?? 0) / (wallOff ?? 1);
  const more = (cpuOn ?? 0) - (cpuOff ?? 0);
  return `${name}: a call takes ${ratio.toFixed(2)} times as long (${wallOff?.toFixed(0)} µs without, ${wallOn?.toFixed(0)} µs with), and ${more.toFixed(0)} µs of CPU more`;
}

const teardown = new Teardown();
try {
  for (const { name, on, off, request } of await prepare(teardown)) {
    const costs = { on: [] as Cost[], off: [] as Cost[] };
    for (let round = 0; round <= rounds; round++) {
      for (const [way, url] of [
        ['off', off],
        ['on', on],
      ] as const) {
        const measured = await cost(url, request);
        // The first round warms both up.
        if (round > 0) costs[way].push(measured);
      }
    }
    process.stdout.write(`${line(name, costs.off, costs.on)}\n`);
  }
} finally {
  await teardown.run();
}
