import { expect, it } from 'vitest';
import { connectRoute, disconnectRoute } from '../../../../lambdas/adapters/api-gateway/connection-routes.ts';
import { messageRoute } from '../../../../lambdas/adapters/api-gateway/message-route.ts';
import type { ProxyResponse } from '../../../../lambdas/adapters/api-gateway/responses.ts';
import { change } from '../../../../lambdas/core/change.ts';
import { history } from '../../../../lambdas/core/history.ts';
import { Unavailable } from '../../../../lambdas/core/ports.ts';
import { sendMessage } from '../../../../lambdas/core/send-message.ts';
import { subscribe } from '../../../../lambdas/core/subscribe.ts';
import { handler as defaultHandler } from '../../../../lambdas/default.ts';
import { byteLength } from '../../../../protocol/codec.ts';
import { limits } from '../../../../protocol/limits.ts';
import { memberIds } from '../../../stores/conformance/parts.ts';
import { readReply } from '../../../support/frames.ts';
import { ana, connectEvent, disconnectEvent, messageEvent } from '../../../support/gateway-events.ts';
import { conversation, newHouse, notify, received, send, type House } from '../../../support/house.ts';

const connectionId = 'W9In0cvXIAMCFvw=';
const frontDesk = { kind: 'department', department: 'front-desk' } as const;

async function withTalk(): Promise<House> {
  const house = newHouse();
  await conversation(house);
  return house;
}

function error(response: ProxyResponse) {
  expect(response.statusCode).toBe(200);
  return readReply('error', response.body ?? '');
}

it('answers a frame with a reply that carries its id', async () => {
  const house = await withTalk();
  const handler = messageRoute(['sendMessage'], house, sendMessage);
  const response = await handler(messageEvent('sendMessage', { ...send('m1'), id: 'r1' }));
  expect(response.statusCode).toBe(200);
  expect(readReply('sent', response.body ?? '')).toMatchObject({ id: 'r1', seq: 1 });
  const anonymous = await handler(messageEvent('sendMessage', send('m2')));
  expect(readReply('sent', anonymous.body ?? '')).not.toHaveProperty('id');
});

it('says who the connection is in the reply to a frame that asks, also in a refusal and in a fault', async () => {
  const house = await withTalk();
  const you = { hotelId: 'grand', userId: 'ana', name: 'Ana' };
  const sending = messageRoute(['sendMessage'], house, sendMessage);
  const ask = (frame: object) => sending(messageEvent('sendMessage', { ...frame, id: 'r1', who: true }));
  expect(readReply('sent', (await ask(send('m1'))).body ?? '')).toMatchObject({ you, id: 'r1' });
  expect(error(await ask(send('m1', 'another')))).toMatchObject({ you, code: 'CONFLICT' });
  expect(error(await ask({ ...send('m1'), extra: 1 }))).toMatchObject({ you, code: 'BAD_REQUEST' });
  house.down.add('commit');
  expect(error(await ask(send('m2')))).toMatchObject({ you, code: 'UNAVAILABLE' });
  house.world.at('2026-11-23T11:00:00.000Z');
  expect(error(await ask(send('m2')))).toMatchObject({ you, code: 'TOKEN_EXPIRED' });
  const unrouted = { action: 'dance', who: true };
  expect(error(await defaultHandler(messageEvent('$default', unrouted)))).toMatchObject({ you });
});

it('names nobody who has no name, and says nothing of who it is where that is not asked', async () => {
  const house = await withTalk();
  const handler = messageRoute(['history'], house, history);
  const { name: _, ...nameless } = ana;
  const ask = { action: 'history', conversationId: 'talk' };
  house.trips.length = 0;
  const told = await handler(messageEvent('history', { ...ask, who: true }, nameless));
  expect(readReply('history', told.body ?? '').you).toEqual({ hotelId: 'grand', userId: 'ana' });
  const trips = house.trips.splice(0);
  const silent = await handler(messageEvent('history', ask));
  expect(readReply('history', silent.body ?? '')).not.toHaveProperty('you');
  // To say so costs no trip.
  expect(house.trips).toEqual(trips);
});

it('fits into a frame with the longest ids and name around any page', async () => {
  const longest = 'i'.repeat(limits.idUnits);
  const identity = { ...ana, hotelId: longest, userId: longest, name: '界'.repeat(limits.freeTextUnits) };
  const house = newHouse();
  await conversation(house, { hotelId: longest });
  const handlers = {
    subscribe: messageRoute(['subscribe'], house, subscribe),
    history: messageRoute(['history'], house, history),
  };
  let greatest = 0;
  for (let seq = 1; seq <= 200; seq++) {
    await notify(house, received(`g${seq}`, 'x'.repeat(400 + seq), 'talk', longest));
  }
  for (let since = 0; since < 110; since++) {
    const asked = { conversationId: 'talk', id: longest, who: true };
    for (const [action, range] of [
      ['subscribe', { since }],
      ['history', { after: since, limit: 100 }],
      ['history', { before: 201 - since, limit: 100 }],
    ] as const) {
      const { body = '' } = await handlers[action](
        messageEvent(action, { action, ...asked, ...range }, identity),
      );
      greatest = Math.max(greatest, byteLength(body));
    }
  }
  // As much as there is room for, and not more.
  expect(greatest).toBeLessThanOrEqual(limits.frameBytes);
  expect(greatest).toBeGreaterThan(limits.frameBytes - 1024);
});

it('takes who sent it from the authorizer, and refuses a frame that says so itself', async () => {
  const house = await withTalk();
  const handler = messageRoute(['sendMessage'], house, sendMessage);
  for (const extra of [{ hotelId: 'plaza' }, { userId: 'boss' }, { sender: { kind: 'staff', id: 'boss' } }]) {
    expect(error(await handler(messageEvent('sendMessage', { ...send('m1'), ...extra }))).code).toBe(
      'BAD_REQUEST',
    );
  }
  await handler(messageEvent('sendMessage', send('m1')));
  const entry = await house.conversations.entry({ hotelId: 'grand', conversationId: 'talk' }, 1);
  expect(entry?.sender).toEqual({ kind: 'staff', id: 'ana', name: 'Ana' });
});

it('trusts the route and not the frame when the two differ', async () => {
  const house = await withTalk();
  const handler = messageRoute(['route', 'close', 'reopen'], house, change);
  const frame = { action: 'close', conversationId: 'talk', id: 'r1' };
  expect(error(await handler(messageEvent('reopen', frame)))).toMatchObject({
    code: 'BAD_REQUEST',
    id: 'r1',
  });
  const twice = '{"action":"close","conversationId":"talk","action":"reopen"}';
  expect(error(await handler(messageEvent('close', twice))).code).toBe('BAD_REQUEST');
  expect((await house.conversations.read({ hotelId: 'grand', conversationId: 'talk' }))?.head).toBe(0);
  await expect(handler(messageEvent('ping', { action: 'ping' }))).rejects.toThrow('does not serve');
});

it('serves a token for 30 seconds after its expiry, and not a millisecond longer', async () => {
  const house = await withTalk();
  const handler = messageRoute(['history'], house, history);
  const ask = () => handler(messageEvent('history', { action: 'history', conversationId: 'talk', id: 'r1' }));
  house.world.at('2026-11-23T10:00:30.000Z');
  readReply('history', (await ask()).body ?? '');
  house.world.at('2026-11-23T10:00:30.001Z');
  house.trips.length = 0;
  expect(error(await ask())).toMatchObject({ code: 'TOKEN_EXPIRED', retry: 'reauth', id: 'r1' });
  expect(house.trips).toEqual([]);
});

it('answers UNAVAILABLE when a dependency is, with the id, and logs it once', async () => {
  const house = await withTalk();
  house.down.add('commit');
  const handler = messageRoute(['sendMessage'], house, sendMessage);
  const frame = error(await handler(messageEvent('sendMessage', { ...send('m1'), id: 'r1' })));
  expect(frame).toMatchObject({ code: 'UNAVAILABLE', retry: 'backoff', id: 'r1' });
  expect(frame.message).not.toContain('commit');
  expect(house.log.events('error')).toEqual(['failed']);
});

it('answers INTERNAL for a fault, with a reference to its record and nothing else', async () => {
  const house = newHouse();
  const fault = () => Promise.reject(new TypeError('arn:aws:dynamodb:secret', { cause: new Error('stack') }));
  const handler = messageRoute(['history'], house, fault);
  const frame = error(
    await handler(messageEvent('history', { action: 'history', conversationId: 'talk', id: 'r1' })),
  );
  expect(frame).toEqual({
    type: 'error',
    id: 'r1',
    code: 'INTERNAL',
    message: expect.stringContaining('W9In0EDVIAMFexQ=') as unknown,
    retry: 'backoff',
  });
  expect(frame.message).not.toContain('secret');
  expect(house.log.lines.at(-1)).toMatch(/"requestId":"W9In0EDVIAMFexQ=".*arn:aws:dynamodb:secret/);
});

it('refuses what is not a frame at all, in a frame', async () => {
  const handler = messageRoute(['history'], newHouse(), history);
  for (const text of ['', 'null', '[]', '"x"', '7', '{', 'not JSON', '{"action":"history"}']) {
    expect(error(await handler(messageEvent('history', text))).code).toBe('BAD_REQUEST');
  }
  const { body: _, ...withoutBody } = messageEvent('history', '');
  expect(error(await handler(withoutBody)).code).toBe('BAD_REQUEST');
  expect(error(await handler(messageEvent('history', `"${'x'.repeat(16_384)}"`))).code).toBe('TOO_LARGE');
});

it('answers what no route took', async () => {
  const answers: [unknown, string][] = [
    [{ action: 'dance' }, 'UNKNOWN_ACTION'],
    [{ action: 'constructor' }, 'UNKNOWN_ACTION'],
    [{ action: '__proto__' }, 'UNKNOWN_ACTION'],
    [{ action: '$connect' }, 'UNKNOWN_ACTION'],
    [{ action: '$default' }, 'UNKNOWN_ACTION'],
    [{ action: '' }, 'UNKNOWN_ACTION'],
    [{}, 'BAD_REQUEST'],
    [{ action: 7 }, 'BAD_REQUEST'],
    [{ action: ['ping'] }, 'BAD_REQUEST'],
    ['hello', 'BAD_REQUEST'],
    ['[[[[[[[[[', 'BAD_REQUEST'],
    [`{"action":"${'x'.repeat(16_384)}"}`, 'TOO_LARGE'],
  ];
  for (const [frame, code] of answers) {
    expect(error(await defaultHandler(messageEvent('$default', frame))).code).toBe(code);
  }
  expect(error(await defaultHandler(messageEvent('$default', { action: 'dance', id: 'r1' }))).id).toBe('r1');
});

it('opens a connection: its sub-protocol is named, never the token, and it hears of its departments', async () => {
  const house = newHouse();
  const response = await connectRoute(house)(connectEvent());
  expect(response).toEqual({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'lobbybee.v1' } });
  expect(await memberIds(house.connections, 'grand', frontDesk)).toEqual([connectionId]);
  expect(await memberIds(house.connections, 'grand', { kind: 'unassigned' })).toEqual([]);
  await connectRoute(house)(connectEvent({ ...ana, role: 'manager' }));
  expect(await memberIds(house.connections, 'grand', { kind: 'unassigned' })).toEqual([connectionId]);
});

it('answers a handshake with 503 when the table is down, and fails for a fault', async () => {
  const house = newHouse();
  house.connections.open = () => Promise.reject(new Unavailable('down'));
  expect(await connectRoute(house)(connectEvent())).toEqual({ statusCode: 503 });
  house.connections.open = () => Promise.reject(new TypeError('a fault'));
  await expect(connectRoute(house)(connectEvent())).rejects.toThrow('a fault');
});

it('forgets a connection that ends, and says so when it could not', async () => {
  const house = newHouse();
  await connectRoute(house)(connectEvent());
  expect(await disconnectRoute(house)(disconnectEvent())).toEqual({ statusCode: 200 });
  expect(house.connections.rowsOf(connectionId)).toBe(0);
  house.down.add('close');
  expect(await disconnectRoute(house)(disconnectEvent())).toEqual({ statusCode: 200 });
  expect(house.log.events('error')).toEqual(['connection not deleted']);
});

it('refuses an event without an identity, for every route', async () => {
  const house = newHouse();
  const event = messageEvent('history', { action: 'history', conversationId: 'talk' });
  const { authorizer: _, ...anonymous } = event.requestContext;
  await expect(
    messageRoute(['history'], house, history)({ ...event, requestContext: anonymous }),
  ).rejects.toThrow();
  await expect(connectRoute(house)({ requestContext: anonymous })).rejects.toThrow();
});

it('logs no text, name or token, and keeps every record on one line', async () => {
  const house = await withTalk();
  const canary = 'canary\r\n\u001b[31min a coal mine';
  const identity = { ...ana, name: 'Canary Name' };
  const handler = messageRoute(['sendMessage'], house, sendMessage);
  await connectRoute(house)(connectEvent(identity));
  await handler(messageEvent('sendMessage', send('m1', 'a canary in the text'), identity));
  await handler(messageEvent('sendMessage', send('m1', 'another canary'), identity));
  await handler(messageEvent('sendMessage', { ...send('m2'), [canary]: canary }, identity));
  await handler(messageEvent('sendMessage', { ...send(canary), conversationId: canary }, identity));
  house.down.add('commit');
  await handler(messageEvent('sendMessage', send('m3', 'a third canary'), identity));
  await disconnectRoute(house)(disconnectEvent(identity));
  expect(house.log.lines.length).toBeGreaterThan(6);
  for (const line of house.log.lines) {
    expect(line.toLowerCase()).not.toContain('canary');
    expect(line).toMatch(/^\{[^\r\n]*\}\n$/);
  }
});
