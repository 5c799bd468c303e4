import { describe, expect, it } from 'vitest';
import { readToken } from '../../client/token.ts';
import { sent } from './support/frames.ts';
import { jwt, onlineStage, reconnect, stage } from './support/stage.ts';

const page = '<!doctype html><title>502 Bad Gateway</title>';
const must = 'token: must resolve to a JWT, three parts of base64url in at most 4096 characters; got';

describe('what a token provider gives', () => {
  it('is a token also with white space around it', async () => {
    const token = jwt({ sub: 'ana' });
    const scene = await stage({ token: () => Promise.resolve(` ${token}\r\n`) });
    expect(scene.socket().token).toBe(token);
  });

  it.each<[string, unknown, string]>([
    ['nothing', '', 'a text of 0 characters'],
    ['white space', ' \n', 'a text of 2 characters'],
    ['an error page', page, `HTML of ${page.length} characters`],
    ['a text', 'secret.of.two parts', 'a text of 19 characters'],
    ['two parts', 'eyJhbGciOiJub25lIn0.e30', 'a text of 23 characters'],
    ['a token without a signature', 'eyJhbGciOiJub25lIn0.e30.', 'a text of 24 characters'],
    ['too much', `e30.${'x'.repeat(4091)}.x`, 'a text of 4097 characters'],
    ['an object', { token: 'secret' }, 'a value of type object'],
    ['no value', undefined, 'a value of type undefined'],
    ['null', null, 'null'],
  ])('is no token if it is %s, which is said without its text', (_, given, kind) => {
    expect(() => readToken(given, 0, 60_000)).toThrow(`${must} ${kind}`);
    expect(() => readToken(given, 0, 60_000)).not.toThrow('secret');
  });

  it('may be 4,096 characters long', () => {
    expect(readToken(`e30.${'x'.repeat(4090)}.x`, 0, 60_000).text).toHaveLength(4096);
  });

  it.each(['', page, ' \n', 'hello'])(
    'is asked again if it was no token (%j), and nothing is lost',
    async (odd) => {
      const given = [odd, odd];
      const good = jwt({ sub: 'ana' });
      const scene = await stage({ token: () => Promise.resolve(given.shift() ?? good) });
      const sending = scene.client.sendMessage('c1', 'hello');
      expect(scene.client.state.status).toBe('waiting');
      expect(scene.notices).toMatchObject([
        { kind: 'noToken', error: { message: expect.stringContaining(must) as unknown } },
      ]);
      await scene.pass(1000);
      await scene.pass(1000);
      expect([scene.sockets.length, scene.tokensAsked(), scene.notices.length]).toEqual([1, 3, 2]);
      scene.socket().open();
      scene.socket().answer('sendMessage', sent(1));
      await expect(sending).resolves.toMatchObject({ seq: 1 });
    },
  );

  it.each<[string, () => Promise<string>]>([
    ['an error page', () => Promise.resolve(page)],
    ['nothing', () => Promise.resolve('')],
    ['an error', () => Promise.reject(new Error('offline'))],
    ['no answer', () => new Promise(() => {})],
  ])('at the renewal of a healthy connection leaves that in service, if it is %s', async (_, fail) => {
    const iat = 1_700_000_000;
    const good = () => Promise.resolve(jwt({ sub: 'ana', iat, exp: iat + 240 }));
    let provider = good;
    const scene = await onlineStage({ token: () => provider() });
    provider = fail;
    // It is replaced a quarter of its life before its end.
    await scene.pass(180_000);
    await scene.pass(20_000);
    expect(scene.notices[0]).toMatchObject({ kind: 'noToken' });
    expect([scene.states.length, scene.sockets.map(({ state }) => state)]).toEqual([1, ['open']]);
    provider = good;
    await scene.pass(10_000);
    scene.socket().open();
    expect(scene.client.state).toEqual({ status: 'online' });
    expect(scene.sockets.map(({ state }) => state)).toEqual(['open', 'open']);
  });

  it('is not the token of an earlier time because it comes late', async () => {
    let late: (token: string) => void = () => {};
    const [older, newer] = [jwt({ sub: 'ana', jti: 1 }), jwt({ sub: 'ana', jti: 2 })];
    const given = [new Promise<string>((resolve) => (late = resolve)), Promise.resolve(newer)];
    const scene = await stage({ token: () => given.shift() ?? Promise.reject(new Error('asked too often')) });
    await scene.pass(20_000);
    await scene.pass(1000);
    scene.socket().open();
    late(older);
    await scene.turn();
    await reconnect(scene);
    expect(scene.sockets.map(({ token }) => token)).toEqual([newer, newer]);
  });
});
