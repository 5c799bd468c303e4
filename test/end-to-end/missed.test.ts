import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { connect } from '../../client/index.ts';
import type { Message } from '../../protocol/model.ts';
import { FaultProxy } from '../soak/faults/proxy.ts';
import { Hotel } from './support/hotel.ts';
import { token } from './support/staff.ts';
import { Table } from './support/table.ts';

/** `MISSED=10000` tries more. */
const missed = Number(process.env['MISSED'] ?? 2000);
/** As many as one invocation of `notify` takes. */
const atOnce = 100;

it(`a client that was away shows ${missed} messages that it missed, each once and in order, as a full read has them`, async () => {
  const hotel = new Hotel();
  await hotel.conversation('c1', 'front-desk', 'The first');
  const proxy = await proxyTo(hotel);
  const shown: Message[] = [];
  let arrived = (): void => {};
  const ana = connect({
    url: hotel.service.websocket.replace(/:\d+/, `:${proxy.port}`),
    token: () =>
      token(hotel.service.dataDirectory, { user: 'ana', hotel: hotel.id, departments: ['front-desk'] }),
    platform: { WebSocket },
  });
  onTestFinished(() => ana.close());
  ana.subscribe('c1', { since: 0 }, (event) => {
    if (event.type === 'messages') shown.push(...event.messages);
    arrived();
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      arrived = () => {
        if (shown.length >= count) resolve();
      };
      arrived();
    });
  await until(1);

  proxy.refusing = true;
  proxy.resetAll();
  for (let first = 1; first <= missed; first += atOnce) {
    const events = Array.from({ length: Math.min(atOnce, missed - first + 1) }, (_, index) => ({
      type: 'message.received',
      hotelId: hotel.id,
      conversationId: 'c1',
      message: { id: `m${first + index}`, text: `text ${first + index}` },
    }));
    await hotel.upstream.notifyAll(events);
  }
  expect(shown).toHaveLength(1);
  proxy.refusing = false;
  ana.wake();
  await until(missed + 1);

  const stored = await (await Table.of(hotel)).log(hotel.id, 'c1');
  expect(stored).toHaveLength(missed + 1);
  expect(shown.map(({ seq, id, text }) => ({ seq, id, text }))).toEqual(stored);
}, 600_000);

async function proxyTo(hotel: Hotel): Promise<FaultProxy> {
  const { hostname: host, port } = new URL(hotel.service.websocket);
  const proxy = await FaultProxy.start(() => ({ host, port: Number(port) }));
  onTestFinished(() => proxy.stop());
  return proxy;
}
