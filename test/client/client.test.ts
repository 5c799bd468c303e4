import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { connect, type Client } from '../../client/index.ts';
import { manualClock, type ManualClock } from '../../local/test/support/manual-clock.ts';
import { ModelServer, noFaults, randomFrom, type Faults } from './support/model-server.ts';
import { screen } from './support/screen.ts';
import { jwt } from './support/stage.ts';

const faults: Faults = {
  loseFrame: 0.1,
  doubleEvent: 0.1,
  unavailable: 0.1,
  fault: 0.05,
  refuseHandshake: 0.2,
};
const conversations = ['c1', 'c2'];

/** Promises have their turn at every step of time: a client awaits a token, and an app its answers. */
async function pass(clock: ManualClock, milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 250) {
    clock.advance(250);
    await setImmediate();
  }
}

function newClient(server: ModelServer, clock: ManualClock, random: () => number, name: string): Client {
  let ids = 0;
  return connect({
    url: 'wss://hotel.example/prod',
    token: () => Promise.resolve(jwt({ sub: 'ana' })),
    platform: { WebSocket: server.WebSocket, clock, random, newId: () => `${name}-${++ids}` },
    // Rotations happen within the run, and what is lost without a trace is found within it.
    rotateAfterMs: 40_000,
    rotateBeforeMs: 90_000,
    overlapMs: 5000,
    requestTimeoutMs: 6000,
    pongTimeoutMs: 3000,
    watchingPingMs: 5000,
    maxEarly: 5,
  });
}

/** Two clients, two conversations, two minutes of trouble, and then peace until everybody has everything. */
async function run(seed: number) {
  const random = randomFrom(seed);
  const clock = manualClock();
  const server = new ModelServer(clock, random, faults);
  const clients = ['one', 'two'].map((name) => newClient(server, clock, random, name));
  const screens = clients.map((client) =>
    conversations.map((id) => {
      const shown = screen();
      client.subscribe(id, { since: 0 }, shown.listener);
      return shown;
    }),
  );
  const sent: { text: string; seq?: number }[][] = clients.flatMap(() => conversations.map(() => []));
  for (let step = 0; step < 60; step++) {
    await pass(clock, 2000);
    if (random() < 0.2) server.cut();
    for (const [c, id] of conversations.entries()) {
      if (random() < 0.4) server.write(id);
      for (const [n, client] of clients.entries()) {
        if (random() > 0.3) continue;
        const mine: { text: string; seq?: number } = { text: `${n} ${step}` };
        sent[n * 2 + c]?.push(mine);
        void client.sendMessage(id, mine.text).then(({ seq }) => (mine.seq = seq));
      }
    }
  }
  server.faults = noFaults;
  await pass(clock, 90_000);
  return { server, clock, clients, screens, sent };
}

describe('a client, over connections that lose, double and reorder', () => {
  it(
    'shows every message once and in order, and stores its own once and in order',
    { timeout: 120_000 },
    async () => {
      for (let seed = 1; seed <= 12; seed++) {
        const { server, clock, clients, screens, sent } = await run(seed);
        for (const [c, id] of conversations.entries()) {
          const log = server.log.get(id) ?? [];
          expect(log.length).toBeGreaterThan(20);
          for (const [n, shown] of screens.entries()) {
            expect([seed, id, n, shown[c]?.messages]).toEqual([seed, id, n, log]);
            const mine = sent[n * 2 + c] ?? [];
            const stored = log.filter(({ text }) => text.startsWith(`${n} `));
            expect([seed, id, n, stored.map(({ text, seq }) => ({ text, seq }))]).toEqual([
              seed,
              id,
              n,
              mine,
            ]);
          }
        }
        expect(server.sockets.length).toBeGreaterThan(6);
        for (const client of clients) client.close();
        // What the server has under way is its own.
        clock.advance(6000);
        expect(clock.pending()).toBe(0);
      }
    },
  );
});
