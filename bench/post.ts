/**
 * CPU that one post to a connection costs the function: the SDK's client as its documentation shows it, against ours.
 * Interleaved, medians of five, over HTTP on the loopback. `npm run bench:post`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { connectionsApi } from '../lambdas/adapters/api-gateway/connections-api.ts';
import type { Log } from '../lambdas/core/ports.ts';
import { Pool } from '../lambdas/core/pool.ts';

const rounds = 5;
const posts = 2000;
const underWay = 50;

const sink = spawn(process.execPath, [join(import.meta.dirname, 'sink.mjs')], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const started: unknown[] = await once(sink.stdout, 'data');
const endpoint = `http://127.0.0.1:${String(started[0]).trim()}/live`;
const caller = { region: 'us-east-1', credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } };
const frame = JSON.stringify({
  type: 'message',
  message: { conversationId: 'c1', seq: 1, text: 'x'.repeat(200) },
});

const log: Log = {
  write: (_, event) => {
    throw new Error(event);
  },
  with: () => log,
};
const client = new ApiGatewayManagementApiClient({ endpoint, ...caller });
const gateway = connectionsApi({ endpoint, ...caller, log });
const ways = {
  sdk: (id: string) => client.send(new PostToConnectionCommand({ ConnectionId: id, Data: frame })),
  ours: (id: string) => gateway.post(id, frame),
};

/** Microseconds of CPU that this process spends on a post. */
async function cost(post: (id: string) => Promise<unknown>): Promise<number> {
  const pool = new Pool(underWay);
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: posts }, (_, n) => pool.run(() => post(`connection-${n}=`))));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / posts;
}

const costs = { sdk: [] as number[], ours: [] as number[] };
for (let round = 0; round <= rounds; round++) {
  for (const way of ['sdk', 'ours'] as const) {
    const measured = await cost(ways[way]);
    // The first round warms both up.
    if (round > 0) costs[way].push(measured);
  }
}
sink.stdin.end();

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const [sdk, lean] = [median(costs.sdk), median(costs.ours)];
process.stdout.write(
  `CPU of a post: SDK ${sdk.toFixed(0)} µs, ours ${lean.toFixed(0)} µs, ratio 1/${(sdk / lean).toFixed(1)}\n`,
);
