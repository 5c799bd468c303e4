import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import {
  connect,
  type Client,
  type ClientOptions,
  type ListEvent,
  type SubscriptionEvent,
} from '../../client/index.ts';
import { keys } from '../../lambdas/adapters/dynamodb/keys.ts';
import type { Message } from '../../protocol/model.ts';
import { Hotel } from './support/hotel.ts';
import { token } from './support/staff.ts';

const credentials = { accessKeyId: 'operator', secretAccessKey: 'operator' };

/** Events of the client under test, for which a test can wait. */
class Recorder<Event> {
  readonly events: Event[] = [];
  readonly #wake = new Set<() => void>();

  readonly listener = (event: Event): void => {
    this.events.push(event);
    for (const wake of this.#wake) wake();
  };

  async until(holds: (events: readonly Event[]) => boolean): Promise<void> {
    while (!holds(this.events)) {
      await new Promise<void>((resolve) => this.#wake.add(resolve));
      this.#wake.clear();
    }
  }
}

/** What an app shows of one conversation. */
class Screen extends Recorder<SubscriptionEvent> {
  get messages(): Message[] {
    return this.events.flatMap((event) => (event.type === 'messages' ? event.messages : []));
  }

  get seqs(): number[] {
    return this.messages.map(({ seq }) => seq);
  }

  async untilSeq(seq: number): Promise<void> {
    await this.until(() => this.seqs.includes(seq));
  }
}

/** What an app shows of a department's list. */
class Board extends Recorder<ListEvent> {
  /** Resolves once these are what it shows, in this order. */
  async shows(...expected: string[]): Promise<void> {
    await this.until(() => this.#ids()?.join() === expected.join());
  }

  #ids(): string[] | undefined {
    const event = this.events.at(-1);
    return event?.type === 'list' ? event.conversations.map(({ id }) => id) : undefined;
  }
}

const upTo = (seq: number): number[] => Array.from({ length: seq }, (_, n) => n + 1);

/** A member of staff with the SDK, on real sockets. */
function browser(
  hotel: Hotel,
  user: string,
  departments: string[],
  options: Partial<ClientOptions> = {},
): Client {
  const { websocket, dataDirectory } = hotel.service;
  const client = connect({
    url: websocket,
    token: () => token(dataDirectory, { user, hotel: hotel.id, departments, name: user.toUpperCase() }),
    platform: { WebSocket },
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

/** Ends every connection of a user, as an operator may. */
async function disconnect(hotel: Hotel, user: string): Promise<void> {
  const { dynamodb, management } = hotel.service;
  const region = 'us-east-1';
  const client = new DynamoDBClient({ endpoint: dynamodb, region, credentials });
  const { TableNames: [TableName] = [] } = await client.send(new ListTablesCommand({}));
  const { pk } = keys.connection(hotel.id, user, '');
  const { Items = [] } = await DynamoDBDocumentClient.from(client).send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
    }),
  );
  const api = new ApiGatewayManagementApiClient({ endpoint: management, region, credentials });
  for (const { sk } of Items) {
    const end = api.send(new DeleteConnectionCommand({ ConnectionId: String(sk).slice('C#'.length) }));
    // A connection that ended before may still have its row.
    await end.catch((error: Error) => expect(error.name).toBe('GoneException'));
  }
  expect(Items.length).toBeGreaterThan(0);
}

describe('two browsers with the SDK', () => {
  it('chat: everybody shows the same messages, each once, and what a sender is promised is what is stored', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk', 'Is breakfast included?');
    const [ana, ben] = [browser(hotel, 'ana', ['front-desk']), browser(hotel, 'ben', ['front-desk'])];
    const screens = [ana, ben].map((client) => {
      const screen = new Screen();
      client.subscribe('c1', { since: 0 }, screen.listener);
      return screen;
    });
    const sent = await Promise.all([
      ...['one', 'two', 'three'].map((text) => ana.sendMessage('c1', text)),
      ...['four', 'five'].map((text) => ben.sendMessage('c1', text)),
    ]);
    await hotel.guestWrites('c1', 'Thanks');
    for (const screen of screens) await screen.untilSeq(7);
    const [ofAna, ofBen] = screens.map(({ messages }) => messages);
    expect(ofAna).toEqual(ofBen);
    expect(screens[0]?.seqs).toEqual(upTo(7));
    const stored = await ben.history('c1');
    expect(ofAna).toEqual(stored.messages);
    for (const message of sent) expect(stored.messages).toContainEqual(message);
    const texts = (user: string) => ofAna?.filter(({ sender }) => sender.id === user).map(({ text }) => text);
    expect([texts('ana'), texts('ben')]).toEqual([
      ['one', 'two', 'three'],
      ['four', 'five'],
    ]);
  });

  it('one whose connections are cut again and again shows everything once, and loses nothing that it sent', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    const ana = browser(hotel, 'ana', ['front-desk']);
    const ben = browser(hotel, 'ben', ['front-desk']);
    const [ofAna, ofBen] = [new Screen(), new Screen()];
    ana.subscribe('c1', { since: 0 }, ofAna.listener);
    ben.subscribe('c1', { since: 0 }, ofBen.listener);
    const sending: Promise<Message>[] = [];
    for (let round = 1; round <= 4; round++) {
      await ofAna.until((events) => events.filter(({ type }) => type === 'caughtUp').length >= round);
      sending.push(ana.sendMessage('c1', `before ${round}`));
      await Promise.all([disconnect(hotel, 'ana'), hotel.guestWrites('c1', `meanwhile ${round}`)]);
      sending.push(ana.sendMessage('c1', `after ${round}`));
    }
    await Promise.all(sending);
    for (const screen of [ofAna, ofBen]) {
      await screen.untilSeq(12);
      expect(screen.seqs).toEqual(upTo(12));
    }
    expect(ofAna.messages).toEqual(ofBen.messages);
    const own = ofAna.messages.filter(({ sender }) => sender.id === 'ana').map(({ text }) => text);
    expect(own).toEqual([1, 2, 3, 4].flatMap((round) => [`before ${round}`, `after ${round}`]));
  });

  it('one that was away resumes over what it missed, page by page', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk', 'first');
    let away = false;
    class Network extends WebSocket {
      constructor(url: string, protocols: string[]) {
        // Nobody listens on port 9 of this machine.
        super(away ? 'ws://127.0.0.1:9' : url, protocols);
      }
    }
    const ana = browser(hotel, 'ana', ['front-desk'], {
      platform: { WebSocket: Network },
      backoffCapMs: 200,
    });
    const screen = new Screen();
    ana.subscribe('c1', { since: 0 }, screen.listener);
    await screen.untilSeq(1);
    away = true;
    await disconnect(hotel, 'ana');
    const own = ana.sendMessage('c1', 'written on the way');
    const messages = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, n) => ({
        type: 'message.received',
        hotelId: hotel.id,
        conversationId: 'c1',
        message: { id: randomUUID(), text: `missed ${from + n}` },
      }));
    for (const [from, to] of [
      [2, 100],
      [101, 200],
      [201, 300],
    ] as const) {
      await hotel.upstream.notifyAll(messages(from, to));
    }
    away = false;
    expect(await own).toMatchObject({ seq: 301, text: 'written on the way' });
    await screen.untilSeq(301);
    expect(screen.seqs).toEqual(upTo(301));
  });

  it('rotations under way show nothing twice and miss nothing', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    const sockets: WebSocket[] = [];
    class Counted extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        sockets.push(this);
      }
    }
    const fast = { rotateAfterMs: 200, rotateBeforeMs: 400, overlapMs: 100 };
    const ana = browser(hotel, 'ana', ['front-desk'], { ...fast, platform: { WebSocket: Counted } });
    const screen = new Screen();
    ana.subscribe('c1', { since: 0 }, screen.listener);
    let seq = 0;
    while (sockets.length < 6) {
      await Promise.all([ana.sendMessage('c1', 'mine'), hotel.guestWrites('c1', 'the guest’s')]);
      seq += 2;
      await screen.untilSeq(seq);
    }
    expect(screen.seqs).toEqual(upTo(seq));
    expect(ana.state.status).toBe('online');
  });

  it('a conversation that is not theirs ends with NOT_FOUND, and its sibling goes on; a routing away ends one later', async () => {
    const hotel = new Hotel();
    await hotel.conversation('theirs', 'front-desk');
    await hotel.conversation('not-theirs', 'spa');
    const ana = browser(hotel, 'ana', ['front-desk']);
    const [sibling, refused] = [new Screen(), new Screen()];
    ana.subscribe('not-theirs', {}, refused.listener);
    ana.subscribe('theirs', { since: 0 }, sibling.listener);
    await refused.until((events) => events.length > 0);
    expect(refused.events).toMatchObject([{ type: 'ended', code: 'NOT_FOUND' }]);
    await hotel.guestWrites('theirs', 'Hello');
    await sibling.untilSeq(1);
    await hotel.upstreamChanges('routed', 'theirs', { department: 'spa' });
    await sibling.untilSeq(2);
    ana.wake();
    await sibling.until((events) => events.some(({ type }) => type === 'ended'));
    expect(sibling.seqs).toEqual([1, 2]);
  });

  it('a department’s list follows what happens, and staff’s own changes', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk', 'My room is cold');
    const ana = browser(hotel, 'ana', ['front-desk', 'spa']);
    const desk = new Board();
    ana.conversations('front-desk', {}, desk.listener);
    await desk.shows('c1');
    await hotel.conversation('c2', 'front-desk', 'Towels?');
    await desk.shows('c2', 'c1');
    await ana.sendMessage('c1', 'On our way');
    await desk.shows('c1', 'c2');
    expect(await ana.closeConversation('c1')).toMatchObject({ id: 'c1', status: 'closed' });
    await desk.shows('c2');
    expect(await ana.route('c2', 'spa')).toMatchObject({ department: 'spa' });
    await desk.shows();
    const spa = new Board();
    ana.conversations('spa', {}, spa.listener);
    await spa.shows('c2');
    await ana.reopenConversation('c1');
    await desk.shows('c1');
  });
});
