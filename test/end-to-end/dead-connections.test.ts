import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { keys } from '../../lambdas/adapters/dynamodb/keys.ts';
import { Hotel } from './support/hotel.ts';
import { operator as credentials, Table } from './support/table.ts';

describe('a connection that is gone', () => {
  it('delays nobody, and its rows are deleted by the next fan-out that meets them', async () => {
    const hotel = new Hotel();
    const ana = await hotel.staff('ana', ['front-desk']);
    const table = await Table.of(hotel);
    await hotel.conversation('c1', 'front-desk');
    // What stays when `$disconnect` never came: a well-formed id that no connection has, opened a minute ago.
    const [dead, expired] = ['AAAAAAAAAAAAAAA=', 'BBBBBBBBBBBBBBB='];
    await table.addMember(hotel.id, 'front-desk', dead, { openedSecondsAgo: 60, expiresInSeconds: 3600 });
    await table.addMember(hotel.id, 'front-desk', expired, { openedSecondsAgo: 9000, expiresInSeconds: -1 });

    const answer = await hotel.guestWrites('c1', 'Hello');
    expect(answer).toMatchObject({ audience: 2, delivered: 1, gone: 1, failed: 0 });
    expect(await ana.next('message')).toMatchObject({ message: { text: 'Hello' } });
    expect(await table.members(hotel.id, 'front-desk')).not.toContain(dead);
    expect(await table.members(hotel.id, 'front-desk')).not.toContain(expired);
    expect(await table.connections(hotel.id, 'ghost')).toEqual([]);
    expect(await hotel.guestWrites('c1', 'Hello?')).toMatchObject({ audience: 1, delivered: 1, gone: 0 });
  });

  it('closed by its browser leaves no row behind', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    const table = await Table.of(hotel);
    const ana = await hotel.staff('ana', ['front-desk', 'spa']);
    await ana.expect('subscribed', { action: 'subscribe', conversationId: 'c1' });
    expect(await table.connections(hotel.id, 'ana')).toHaveLength(1);
    await ana.close();
    await expect.poll(() => table.connections(hotel.id, 'ana')).toEqual([]);
    for (const group of [
      { kind: 'department', department: 'spa' },
      { kind: 'conversation', conversationId: 'c1' },
    ]) {
      await expect
        .poll(() => table.query(keys.group(hotel.id, group.kind === 'department' ? 'D#spa' : 'V#c1', 0)))
        .toEqual([]);
    }
  });
});

describe('a connection that was taken for dead and lives', () => {
  it.each([{ action: 'ping' }, { action: 'subscribe', conversationId: 'c1' }] as const)(
    'is closed at its next $action, so that its client connects again',
    async (request) => {
      const hotel = new Hotel();
      await hotel.conversation('c1', 'front-desk');
      const table = await Table.of(hotel);
      const ana = await hotel.staff('ana', ['front-desk']);
      const [connectionId = ''] = await table.connections(hotel.id, 'ana');
      await table.remove(keys.connection(hotel.id, 'ana', connectionId));
      const closed = once(ana.socket, 'close');
      ana.socket.send(JSON.stringify(request));
      expect((await closed)[0]).toBe(1000);
      expect(await table.connections(hotel.id, 'ana')).toEqual([]);
      expect(await table.query(keys.group(hotel.id, 'V#c1', 0))).toEqual([]);
    },
  );
});

describe('the @connections API', () => {
  it('posts to and closes a connection for whoever signs with the SDK', async () => {
    const hotel = new Hotel();
    const ana = await hotel.staff('ana', ['front-desk']);
    const table = await Table.of(hotel);
    const [connectionId = ''] = await table.connections(hotel.id, 'ana');
    const api = new ApiGatewayManagementApiClient({
      endpoint: hotel.service.management,
      region: 'us-east-1',
      credentials,
    });
    const Data = JSON.stringify({ type: 'bye', reason: 'revoked', retry: 'no' });
    await api.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }));
    expect(await ana.take(({ type }) => type === 'bye')).toMatchObject({ reason: 'revoked' });
    const closed = once(ana.socket, 'close');
    await api.send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
    expect((await closed)[0]).toBe(1000);
    await expect(
      api.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data })),
    ).rejects.toMatchObject({
      name: 'GoneException',
    });
  });
});
