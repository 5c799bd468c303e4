import { afterAll, beforeAll, expect, it } from 'vitest';
import { download } from '../../../../lambdas/adapters/token/download.ts';
import { startTestIssuer, type TestIssuer } from '../../../support/issuer.ts';
import { scriptedServer, type ScriptedServer } from '../../../support/scripted-server.ts';

let issuer: TestIssuer;
let elsewhere: ScriptedServer;

beforeAll(async () => {
  [issuer, elsewhere] = await Promise.all([startTestIssuer(), scriptedServer()]);
});
afterAll(() => Promise.all([issuer.stop(), elsewhere.stop()]));

const fetched = (milliseconds = 10_000) => download(issuer.jwksUri, { milliseconds, bytes: 1000 });

it('fetches as many bytes as it may, and not one more', async () => {
  issuer.answer(200, 'x'.repeat(1000));
  expect(String(await fetched())).toBe('x'.repeat(1000));
  issuer.answer(200, 'x'.repeat(1001));
  await expect(fetched()).rejects.toThrow('answered more than 1000 bytes');
});

it.each([204, 301, 404, 500, 503])('takes a %i for no document, and asks once', async (status) => {
  issuer.answer(status, '', { location: `${elsewhere.url}/keys` });
  const before = issuer.fetches;
  await expect(fetched()).rejects.toThrow(`answered ${status}`);
  expect(issuer.fetches).toBe(before + 1);
  expect(elsewhere.connections).toBe(0);
});

it.each(['at once', 'in the middle'] as const)(
  'waits no longer than it may for who stops %s',
  async (where) => {
    issuer.hang(where);
    await expect(fetched(100)).rejects.toThrow('no answer within 100 ms');
  },
);

it('takes a document that breaks off for none', async () => {
  issuer.answer(200, 'x', { 'content-length': '100' });
  await expect(fetched()).rejects.toThrow('the connection failed');
});

it('fails where nobody answers, and where nobody is trusted', async () => {
  const limits = { milliseconds: 10_000, bytes: 1000 };
  await expect(download('https://127.0.0.1:1/keys', limits)).rejects.toThrow('the connection failed');
  await expect(download(elsewhere.url.replace('http:', 'https:'), limits)).rejects.toThrow(
    'the connection failed',
  );
});
