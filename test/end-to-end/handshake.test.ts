import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { offer } from '../../protocol/handshake.ts';
import { Hotel } from './support/hotel.ts';
import { handshake, StaffClient, token } from './support/staff.ts';

const staff = (hotel: Hotel) => ({ user: 'ana', hotel: hotel.id, departments: ['front-desk'] });

describe('opening a connection', () => {
  it('with a token is answered with the sub-protocol and never the token', async () => {
    const hotel = new Hotel();
    const ana = await hotel.staff('ana', ['front-desk']);
    expect(ana.socket.protocol).toBe('lobbybee.v1');
  });

  it('works with a token that npm run token prints', async () => {
    const hotel = new Hotel();
    const { websocket, dataDirectory } = hotel.service;
    const command = ['run', '--silent', 'token', '--', '--user', 'ana', '--hotel', hotel.id];
    const options = [
      '--departments',
      'front-desk,spa',
      '--name',
      'Ana',
      '--role',
      'manager',
      '--data',
      dataDirectory,
    ];
    const { stdout } = await promisify(execFile)('npm', [...command, ...options], {
      cwd: join(import.meta.dirname, '../..'),
    });
    const client = await StaffClient.connectWith(websocket, stdout.trim());
    expect(await client.expect('conversations', { action: 'conversations', department: null })).toMatchObject(
      {
        conversations: [],
      },
    );
    await client.close();
  });

  it('is refused with 401 without a sub-protocol, without ours, and without a token', async () => {
    const { service } = new Hotel();
    expect(await handshake(service.websocket, [])).toBe(401);
    expect(await handshake(service.websocket, ['lobbybee.v1'])).toBe(401);
    const hotel = new Hotel();
    expect(await handshake(service.websocket, [await token(service.dataDirectory, staff(hotel))])).toBe(401);
    expect(await handshake(service.websocket, offer('no.jwt.atall'))).toBe(401);
  });

  it('is refused with 401 with a token that has expired or names no hotel', async () => {
    const hotel = new Hotel();
    const { websocket, dataDirectory } = hotel.service;
    const expired = await token(dataDirectory, staff(hotel), -60);
    expect(await handshake(websocket, offer(expired))).toBe(401);
    const nowhere = await token(dataDirectory, { ...staff(hotel), hotel: 'not an id' });
    expect(await handshake(websocket, offer(nowhere))).toBe(401);
  });

  it('is refused with 403 from a page of another origin', async () => {
    const hotel = new Hotel();
    const protocols = offer(await token(hotel.service.dataDirectory, staff(hotel)));
    const evil = { Origin: 'https://evil.example' };
    expect(await handshake(hotel.service.websocket, protocols, evil)).toBe(403);
    expect(await handshake(hotel.service.websocket, protocols)).toBe(101);
  });

  it('is refused with 403 on a stage that does not exist', async () => {
    const hotel = new Hotel();
    const protocols = offer(await token(hotel.service.dataDirectory, staff(hotel)));
    const elsewhere = new URL('/elsewhere', hotel.service.websocket).toString();
    expect(await handshake(elsewhere, protocols)).toBe(403);
  });
});

describe('a frame that is wrong', () => {
  it('gets one clear sentence, its id, and the connection stays', async () => {
    const hotel = new Hotel();
    const ana = await hotel.staff('ana', ['front-desk']);
    const cases: [string, string, string | RegExp][] = [
      ['not json', 'BAD_REQUEST', 'A frame is one JSON object.'],
      ['[]', 'BAD_REQUEST', 'A frame is one JSON object.'],
      ['{}', 'BAD_REQUEST', /^action: must be one of/],
      ['{"action":"dance"}', 'UNKNOWN_ACTION', /^No such action/],
      ['{"action":"$connect"}', 'UNKNOWN_ACTION', /^No such action/],
      ['{"action":"__proto__"}', 'UNKNOWN_ACTION', /^No such action/],
      ['{"action":"subscribe"}', 'BAD_REQUEST', 'conversationId: must be there'],
      ['{"action":"subscribe","conversationId":"c#1"}', 'BAD_REQUEST', /^conversationId: must be an id/],
      ['{"action":"subscribe","conversationId":"c1","secret":1}', 'BAD_REQUEST', 'unknown field'],
      ['{"action":"history","conversationId":"c1","before":1,"after":1}', 'BAD_REQUEST', /not both/],
      [
        '{"action":"sendMessage","conversationId":"c1","clientMessageId":"m","text":" "}',
        'BAD_REQUEST',
        /^text:/,
      ],
      [`{"action":"ping","id":"x","pad":"${'x'.repeat(16 * 1024)}"}`, 'TOO_LARGE', /16384 bytes/],
      [`{"action":"ping","deep":${'['.repeat(9)}${']'.repeat(9)}}`, 'BAD_REQUEST', /nested at most 8/],
    ];
    for (const [frame, code, message] of cases) {
      ana.socket.send(frame);
      const error = await ana.take(({ type }) => type === 'error');
      expect(error).toMatchObject({ type: 'error', code, retry: 'no' });
      expect('message' in error && error.message).toEqual(
        typeof message === 'string' ? message : expect.stringMatching(message),
      );
    }
    ana.socket.send('{"action":"subscribe","id":"mine"}');
    expect(await ana.take((frame) => 'id' in frame)).toMatchObject({ id: 'mine', code: 'BAD_REQUEST' });
    expect(await ana.expect('pong', { action: 'ping' })).toMatchObject({ type: 'pong' });
  });
});
