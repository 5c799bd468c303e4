import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { WebSocket } from 'ws';
import { connect, type Client } from '../../client/index.ts';
import type { SigningKey } from '../../dev/issuer/signing-key.ts';
import { Table, type StoredMessage } from './table.ts';
import { tokenOf } from './clients/tokens.ts';
import { FaultProxy } from './faults/proxy.ts';
import type { Reachable } from './service.ts';

/** As many as one invocation of `notify` takes. */
const eventsAtOnce = 100;
const conversationId = 'talk-1';

export interface AbsenceDependencies {
  readonly service: Reachable;
  readonly signingKey: SigningKey;
  /** That nothing else on the table has. */
  readonly hotelId: string;
  readonly signal: AbortSignal;
  readonly progress?: (stored: number) => void;
}

export interface Absence {
  /** What the app was handed while its client was away: nothing. */
  readonly shownMeanwhile: number;
  /** Everything that the app was handed, in its order. */
  readonly shown: readonly StoredMessage[];
  /** The whole log, read from the table. */
  readonly stored: readonly StoredMessage[];
}

/** A client loses its connection, as many messages are stored meanwhile, and it comes back. */
export async function missAndResume(missed: number, deps: AbsenceDependencies): Promise<Absence> {
  const { service, signal } = deps;
  const proxy = await FaultProxy.start(() => {
    const { hostname: host, port } = new URL(service.addresses.websocket);
    return { host, port: Number(port) };
  });
  const upstream = upstreamOf(deps);
  const screen = new Screen();
  let client: Client | undefined;
  try {
    await upstream.begin();
    client = clientOf(deps, proxy);
    client.subscribe(conversationId, { since: 0 }, (event) => {
      if (event.type === 'messages') screen.show(event.messages);
    });
    await screen.until(1, signal);
    proxy.refusing = true;
    proxy.resetAll();
    await upstream.write(missed);
    const shownMeanwhile = screen.shown.length - 1;
    proxy.refusing = false;
    client.wake();
    await screen.until(missed + 1, signal);
    const table = await Table.open(service.addresses);
    const stored = await table.logOf(deps.hotelId, conversationId);
    table.close();
    return { shownMeanwhile, shown: screen.shown, stored };
  } finally {
    client?.close();
    upstream.close();
    await proxy.stop();
  }
}

class Screen {
  readonly shown: StoredMessage[] = [];
  #changed = (): void => undefined;

  show(messages: readonly StoredMessage[]): void {
    this.shown.push(...messages.map(({ seq, id, text }) => ({ seq, id, text })));
    this.#changed();
  }

  /** Settles when so many are shown; rejects when it is stopped. */
  async until(count: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#changed = () => {
        if (this.shown.length >= count) resolve();
      };
      this.#changed();
      signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
    });
  }
}

function clientOf({ service, signingKey, hotelId }: AbsenceDependencies, proxy: FaultProxy): Client {
  const user = { id: 'ana', hotel: hotelId, role: 'staff' as const, departments: ['front-desk'] };
  const { pathname } = new URL(service.addresses.websocket);
  return connect({
    url: `ws://127.0.0.1:${proxy.port}${pathname}`,
    token: () => tokenOf(signingKey, user, 3600),
    platform: { WebSocket },
  });
}

function upstreamOf({ service, hotelId, signal, progress }: AbsenceDependencies) {
  const credentials = { accessKeyId: 'upstream', secretAccessKey: 'upstream' };
  const { lambda: endpoint, notifyFunction: FunctionName } = service.addresses;
  const lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials });
  const notify = async (events: readonly object[]): Promise<void> => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(events) }),
    );
    if (FunctionError !== undefined) throw new Error(`notify: ${Payload?.transformToString()}`);
  };
  const message = (number: number) => ({ id: `m${number}`, text: `text ${number}` });
  return {
    begin: () =>
      notify([
        {
          type: 'conversation.created',
          hotelId,
          conversation: { id: conversationId, department: 'front-desk', guest: { id: 'guest' } },
          message: message(0),
        },
      ]),
    async write(count: number): Promise<void> {
      for (let first = 1; first <= count; first += eventsAtOnce) {
        signal.throwIfAborted();
        progress?.(first - 1);
        const numbers = Array.from(
          { length: Math.min(eventsAtOnce, count - first + 1) },
          (_, at) => first + at,
        );
        const base = { type: 'message.received', hotelId, conversationId };
        await notify(numbers.map((number) => ({ ...base, message: message(number) })));
      }
    },
    close: () => lambda.destroy(),
  };
}
