import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { change } from '../../../lambdas/core/change.ts';
import { disconnect } from '../../../lambdas/core/connect.ts';
import { sendMessage } from '../../../lambdas/core/send-message.ts';
import { subscribe, unsubscribe } from '../../../lambdas/core/subscribe.ts';
import type { Message } from '../../../protocol/model.ts';
import {
  connected,
  conversation,
  hotel,
  newHouse,
  nothing,
  notify,
  received,
  send,
  upstream,
  yes,
  type House,
} from '../../support/house.ts';

/*
 * Every request meets the store at points that a scheduler orders, so that anything may come between any two of them.
 * A failure names the order in which it happened.
 */

const ref = { hotelId: hotel, conversationId: 'talk' };
const talk = { action: 'subscribe', conversationId: 'talk' } as const;

/** Prepares in peace, then lets the scheduler order what `race` starts. */
async function raced<Prepared>(
  scheduler: fc.Scheduler,
  prepare: (house: House) => Promise<Prepared>,
  race: (house: House, prepared: Prepared) => Promise<unknown>[],
): Promise<{ house: House; prepared: Prepared }> {
  let turn: (operation: string) => Promise<void> = nothing;
  const house = newHouse({ turn: (operation) => turn(operation) });
  await conversation(house);
  const prepared = await prepare(house);
  house.gateway.clear();
  turn = (operation) => scheduler.schedule(Promise.resolve(), operation);
  await scheduler.waitFor(Promise.all(race(house, prepared)));
  turn = nothing;
  return { house, prepared };
}

function always(property: (scheduler: fc.Scheduler) => Promise<void>): Promise<void> {
  return fc.assert(fc.asyncProperty(fc.scheduler(), property), { numRuns: 300 });
}

async function log(house: House) {
  return (await house.conversations.page(ref, { kind: 'newest', limit: 100 })).entries;
}

it.each([undefined, 0, 1])('misses no message that races a subscription since %s', (since) =>
  always(async (scheduler) => {
    const answers: Message[] = [];
    const { house, prepared } = await raced(
      scheduler,
      async (at) => {
        await notify(at, received('g1'));
        return connected(at, { role: 'manager', departments: [] });
      },
      (at, manager) => [
        (async () => {
          const request = { ...talk, ...(since === undefined ? {} : { since }) };
          answers.push(...yes(await subscribe(at.elsewhere(), manager, request)).messages);
        })(),
        notify(at.elsewhere(), received('g2')).then(() => notify(at.elsewhere(), received('g3'))),
      ],
    );
    const delivered = house.gateway
      .sentTo(prepared)
      .flatMap((frame) => ('message' in frame ? [frame.message?.seq] : []));
    const known = new Set([...answers.map(({ seq }) => seq), ...delivered]);
    expect([known.has(2), known.has(3)]).toEqual([true, true]);
  }),
);

it('answers no subscription with a head whose entries it neither shows nor promises', () =>
  always(async (scheduler) => {
    await raced(
      scheduler,
      async (house) => {
        await notify(house, received('g1'));
        return connected(house);
      },
      (house, ana) => [
        notify(house.elsewhere(), received('g2')),
        ...[undefined, 0, 1].map(async (since) => {
          const request = { ...talk, ...(since === undefined ? {} : { since }) };
          const { messages, more, conversation: shown } = yes(await subscribe(house, ana, request));
          expect((messages.at(-1)?.seq ?? since ?? 0) >= shown.head || more).toBe(true);
        }),
      ],
    );
  }));

it('stores no message of a sender after the routing away from the sender', () =>
  always(async (scheduler) => {
    const { house } = await raced(
      scheduler,
      async (at) => ({
        ana: await connected(at),
        sue: await connected(at, { userId: 'sue', departments: ['spa'] }),
      }),
      (at, { ana, sue }) => [
        sendMessage(at.elsewhere(), ana, send('m1')).then(() => sendMessage(at.elsewhere(), ana, send('m2'))),
        notify(at.elsewhere(), upstream('routed', 'e1', { department: 'spa' })),
        sendMessage(at.elsewhere(), sue, send('m3')),
      ],
    );
    const entries = await log(house);
    const routed = entries.findIndex(({ event }) => event === 'routed');
    expect(routed).toBeGreaterThanOrEqual(0);
    expect(entries.slice(0, routed).filter(({ sender }) => sender.id === 'sue')).toEqual([]);
    expect(entries.slice(routed).filter(({ sender }) => sender.id === 'ana')).toEqual([]);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  }));

it('lets nobody hear of what happens after a routing away, however it races a subscription', () =>
  always(async (scheduler) => {
    const { house, prepared: ana } = await raced(
      scheduler,
      (at) => connected(at),
      (at, connection) => [
        subscribe(at.elsewhere(), connection, talk),
        notify(at.elsewhere(), upstream('routed', 'e1', { department: 'spa' })),
      ],
    );
    house.gateway.clear();
    await notify(house, received('g1', 'a secret for the spa'));
    expect(house.gateway.sentTo(ana)).toEqual([]);
  }));

it('leaves no row of a connection that ends while it subscribes and unsubscribes', () =>
  always(async (scheduler) => {
    const { house, prepared: ana } = await raced(
      scheduler,
      async (at) => {
        await conversation(at, { id: 'other' });
        return connected(at);
      },
      (at, connection) => [
        subscribe(at, connection, talk),
        subscribe(at, connection, { ...talk, conversationId: 'other' }),
        unsubscribe(at, connection, { action: 'unsubscribe', conversationId: 'talk' }),
        disconnect(at, connection),
      ],
    );
    expect(house.connections.rowsOf(ana.id)).toBe(0);
  }));

it('keeps the new connection of a user whose old one ends late', () =>
  always(async (scheduler) => {
    const { house, prepared } = await raced(
      scheduler,
      (at) => connected(at, {}, 'old'),
      (at, old) => [
        disconnect(at, old),
        connected(at, {}, 'new').then((current) => subscribe(at, current, talk)),
      ],
    );
    await notify(house, received('g1'));
    expect(house.gateway.sentTo(prepared)).toEqual([]);
    expect(house.gateway.sentTo({ id: 'new' })).toHaveLength(1);
  }));

it('stores one message of equal ones, and answers all alike, whatever else is written', () =>
  always(async (scheduler) => {
    const seqs: number[] = [];
    const { house } = await raced(
      scheduler,
      (at) => connected(at),
      (at, ana) => [
        ...Array.from({ length: 3 }, async () => {
          seqs.push(yes(await sendMessage(at.elsewhere(), ana, send('same'))).seq);
        }),
        sendMessage(at.elsewhere(), ana, send('other')),
        change(at.elsewhere(), ana, { action: 'reopen', conversationId: 'talk' }),
      ],
    );
    const entries = await log(house);
    expect(entries.map(({ id }) => id).toSorted()).toEqual(['other', 'same']);
    expect(new Set(seqs)).toEqual(new Set([entries.find(({ id }) => id === 'same')?.seq]));
  }));

it('stores no message of staff between a closing and the reopening, and loses none of the guest', () =>
  always(async (scheduler) => {
    const { house } = await raced(
      scheduler,
      (at) => connected(at),
      (at, ana) => [
        sendMessage(at.elsewhere(), ana, send('m1')),
        change(at.elsewhere(), ana, { action: 'close', conversationId: 'talk' }),
        notify(at.elsewhere(), received('g1')),
      ],
    );
    let open = true;
    for (const entry of await log(house)) {
      if (entry.sender.kind === 'staff') expect(open).toBe(true);
      if (entry.sender.kind === 'guest') {
        expect(entry.caused).toBe(open ? undefined : 'reopened');
        open = true;
      }
      if (entry.event === 'closed') open = false;
    }
    expect((await log(house)).filter(({ id }) => id === 'g1')).toHaveLength(1);
    expect((await house.conversations.read(ref))?.status).toBe(open ? 'open' : 'closed');
  }));
