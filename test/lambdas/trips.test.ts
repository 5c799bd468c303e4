import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Table } from '../../lambdas/adapters/dynamodb/client.ts';
import { DynamoConnectionStore } from '../../lambdas/adapters/dynamodb/connection-store.ts';
import { DynamoConversationStore } from '../../lambdas/adapters/dynamodb/conversation-store.ts';
import { change } from '../../lambdas/core/change.ts';
import { connect, disconnect } from '../../lambdas/core/connect.ts';
import { conversations } from '../../lambdas/core/conversations.ts';
import type { Dependencies } from '../../lambdas/core/dependencies.ts';
import { Heads } from '../../lambdas/core/heads.ts';
import { history } from '../../lambdas/core/history.ts';
import type { Connection } from '../../lambdas/core/identity.ts';
import { handleInvocation } from '../../lambdas/core/notify/batch.ts';
import { ping } from '../../lambdas/core/ping.ts';
import { sendMessage } from '../../lambdas/core/send-message.ts';
import { subscribe, unsubscribe } from '../../lambdas/core/subscribe.ts';
import { startEngine, type Engine } from '../support/engine.ts';
import { recordingLog } from '../support/recording-log.ts';
import { testWorld } from '../support/world.ts';

/** Counts how often a piece of work has to wait for DynamoDB: calls that are under way together are one trip. */
class Trips {
  #waiting: (() => void)[] = [];
  #underWay = 0;
  #count = 0;
  #counting = true;

  /** The table, with every call counted. */
  through({ client, readPage, name }: Table): Table {
    client.middlewareStack.add((next) => (call) => this.#take(() => next(call)), { step: 'initialize' });
    return { client, name, readPage: (query) => this.#take(() => readPage(query)) };
  }

  /** A post ends the count: what comes after it is not waited for. */
  readonly posted = (): void => void (this.#counting = false);

  async #take<T>(call: () => Promise<T>): Promise<T> {
    await new Promise<void>((go) => this.#waiting.push(go));
    this.#underWay++;
    return call().finally(() => this.#underWay--);
  }

  async of(work: Promise<unknown>): Promise<number> {
    this.#count = 0;
    this.#counting = true;
    const done = Symbol('done');
    const finished = work.then(() => done);
    while ((await Promise.race([finished, turn()])) !== done) {
      if (this.#underWay > 0 || this.#waiting.length === 0) continue;
      if (this.#counting) this.#count++;
      for (const go of this.#waiting.splice(0)) go();
    }
    return this.#count;
  }
}

let engine: Engine;
const trips = new Trips();
let deps: Dependencies;
const ana = connection('ana');
const ben = connection('ben');

beforeAll(async () => {
  engine = await startEngine();
  const table = trips.through(await engine.table('trips'));
  const world = testWorld();
  deps = {
    conversations: new DynamoConversationStore(table, world),
    connections: new DynamoConnectionStore(table, world, 1),
    gateway: {
      post() {
        trips.posted();
        return Promise.resolve('delivered');
      },
      close: () => Promise.resolve(),
    },
    world,
    log: recordingLog(),
    heads: new Heads(),
  };
  await trips.of(connect(deps, ben));
  await trips.of(handleInvocation(deps, created));
});
afterAll(() => engine.stop());

describe('the trips in docs/design.md are what each route takes', () => {
  const conversationId = 'c1';
  const message = (clientMessageId: string) =>
    ({ action: 'sendMessage', conversationId, clientMessageId, text: 'Hi' }) as const;
  const routes: [string, () => Promise<unknown>][] = [
    ['`$connect`', () => connect(deps, ana)],
    ['`subscribe`', () => subscribe(deps, ana, { action: 'subscribe', conversationId })],
    ['`sendMessage`', () => sendMessage({ ...deps, heads: new Heads() }, ana, message('m1'))],
    ['`sendMessage`, head known', () => sendMessage(deps, ana, message('m2'))],
    ['`history`', () => history(deps, ana, { action: 'history', conversationId, limit: 50 })],
    [
      '`conversations`',
      () => conversations(deps, ana, { action: 'conversations', status: 'open', limit: 20 }),
    ],
    [
      '`ping`',
      () =>
        ping(deps, ana, {
          action: 'ping',
          heads: new Map([['c1', 0]]),
          inbox: new Map([['front-desk', at]]),
        }),
    ],
    ['`unsubscribe`', () => unsubscribe(deps, ana, { action: 'unsubscribe', conversationId })],
    ['`close`', () => change({ ...deps, heads: new Heads() }, ana, { action: 'close', conversationId })],
    ['`$disconnect`', () => disconnect(deps, ana)],
  ];

  it.each(routes)('%s', async (route, work) => {
    // The head that a warm function knows is the newest.
    if (route.endsWith('head known')) await trips.of(sendMessage(deps, ana, message('m0')));
    expect(await trips.of(work())).toBe(documented().get(route));
  });

  it('and the document lists no other route', () => {
    expect([...documented().keys()].toSorted()).toEqual(routes.map(([route]) => route).toSorted());
  });
});

function documented(): Map<string, number> {
  const document = readFileSync(join(import.meta.dirname, '../../docs/design.md'), 'utf8');
  const table = document.split('\n\n').find((block) => block.startsWith('| route | sequential trips')) ?? '';
  const rows = table.split('\n').slice(2);
  return new Map(
    rows
      .map((row) => row.split('|').map((cell) => cell.trim()))
      .map(([, route = '', count]) => [route, Number(count)]),
  );
}

const at = '2026-01-01T00:00:00.000Z';

const created = {
  type: 'conversation.created',
  hotelId: 'grand',
  conversation: { id: 'c1', department: 'front-desk', guest: { id: 'g1' } },
};

function connection(userId: string): Connection {
  return {
    id: `${userId}-connection`,
    connectedAt: Date.parse('2026-11-23T09:30:00.000Z'),
    identity: {
      hotelId: 'grand',
      userId,
      role: 'staff',
      departments: ['front-desk'],
      tokenExpiresAt: Date.parse('2026-11-23T10:30:00.000Z') / 1000,
    },
  };
}
