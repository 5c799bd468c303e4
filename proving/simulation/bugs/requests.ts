import type { Bug } from '../world.ts';

/** Changes the commands that go to the table; undefined: it is answered with nothing. */
export function inRequests(change: (command: object) => object): Bug {
  return {
    table(client) {
      const send: unknown = Reflect.get(client, 'send');
      if (typeof send !== 'function') throw new Error('a client sends');
      Object.defineProperty(client, 'send', {
        value: (command: object): unknown => Reflect.apply(send, client, [change(command)]),
      });
      return client;
    },
  };
}
