import { setImmediate } from 'node:timers/promises';
import {
  connect,
  type Client,
  type ClientOptions,
  type ConnectionState,
  type Notice,
} from '../../../client/index.ts';
import { manualClock, type ManualClock } from '../../../local/test/support/manual-clock.ts';
import { FakeSocket } from './fake-socket.ts';

/** A client on a clock, a random source and sockets that the test holds. */
export interface Stage {
  readonly client: Client;
  readonly clock: ManualClock;
  /** Every socket that the client made, oldest first. */
  readonly sockets: FakeSocket[];
  readonly states: ConnectionState[];
  readonly notices: Notice[];
  /** How many tokens were asked for. */
  tokensAsked(): number;
  /** The newest socket. */
  socket(): FakeSocket;
  /** Lets promises have their turn; no time passes. */
  turn(): Promise<void>;
  /** Time passes, and promises have their turn. */
  pass(milliseconds: number): Promise<void>;
}

export interface StageOptions extends Partial<Omit<ClientOptions, 'platform'>> {
  random?: () => number;
  /** Whether sockets tell a client that asks nothing else at once who it is. Default: yes. */
  introduces?: boolean;
  /** Who each connection is: Ana of the Grand, if not said. */
  you?: () => object | undefined;
}

export const tokenLife = 24 * 3600;

/** A JWT that nobody signed: the client does not verify. */
export function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.x`;
}

/** A client that is connecting: its first socket is there. */
export async function stage({
  random = () => 0.5,
  introduces = true,
  you,
  ...options
}: StageOptions = {}): Promise<Stage> {
  const clock = manualClock();
  const sockets: FakeSocket[] = [];
  const notices: Notice[] = [];
  const states: ConnectionState[] = [];
  let ids = 0;
  let asked = 0;
  class Recorded extends FakeSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      this.introduces = introduces;
      if (you) this.you = you();
      sockets.push(this);
    }
  }
  const client = connect({
    url: 'wss://hotel.example/prod',
    onNotice: (notice) => notices.push(notice),
    ...options,
    token: async () => {
      asked++;
      const iat = Math.floor(clock.now() / 1000);
      return (
        (await options.token?.()) ??
        jwt({ sub: 'ana', name: 'Ana', hotel_id: 'grand', jti: asked, iat, exp: iat + tokenLife })
      );
    },
    platform: { WebSocket: Recorded, clock, random, newId: () => `m${++ids}` },
  });
  client.onState((state) => states.push(state));
  const stageOf: Stage = {
    client,
    clock,
    sockets,
    states,
    notices,
    tokensAsked: () => asked,
    socket() {
      const newest = sockets.at(-1);
      if (newest === undefined) throw new Error('no socket was made');
      return newest;
    },
    turn: async () => {
      await setImmediate();
    },
    async pass(milliseconds) {
      clock.advance(milliseconds);
      await setImmediate();
    },
  };
  await stageOf.turn();
  return stageOf;
}

/** A client that is online. */
export async function onlineStage(options: StageOptions = {}): Promise<Stage> {
  const scene = await stage(options);
  scene.socket().open();
  return scene;
}

/** Cuts the connection and lets the client come back on a new one. */
export async function reconnect(scene: Stage): Promise<FakeSocket> {
  scene.socket().end();
  await scene.pass(20_000);
  scene.socket().open();
  return scene.socket();
}
