import { request as httpRequest } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { startRuntimeApi } from '../../src/functions/runtime-api.ts';
import { eventually } from '../support/eventually.ts';

/** The Runtime API with what it tells the service, and the event `one` handed over when `hasEvent`. */
async function start(hasEvent = true) {
  const told: string[] = [];
  const api = await startRuntimeApi({
    next: () => told.push('next'),
    response: (requestId, payload) => told.push(`response ${requestId} ${payload}`),
    error: (requestId, document) => told.push(`error ${requestId} ${document}`),
    initError: (document) => told.push(`initError ${document}`),
  });
  onTestFinished(() => api.close());
  const ask = (method: string, path: string) =>
    new Promise<{ readonly status: number | undefined; readonly body: string }>((resolve, reject) => {
      const url = `http://${api.address}/2018-06-01/runtime/${path}`;
      const request = httpRequest(url, { method }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode, body }));
      });
      request.on('error', reject).end(method === 'POST' ? '{}' : undefined);
    });
  if (hasEvent) {
    const asked = ask('GET', 'invocation/next');
    await eventually(() => expect(told).toEqual(['next']));
    api.handOver({ requestId: 'one', functionArn: 'arn', deadline: 1, payload: '"event"' });
    expect(await asked).toEqual({ status: 200, body: '"event"' });
    told.length = 0;
  }
  return { ask, told, address: api.address };
}

it.each(['response', 'error'])('takes the %s to the event that it handed over, once', async (outcome) => {
  const { ask, told } = await start();
  expect((await ask('POST', `invocation/one/${outcome}`)).status).toBe(202);
  expect((await ask('POST', `invocation/one/${outcome}`)).status).toBe(400);
  expect(told).toEqual([`${outcome} one {}`]);
});

it.each([
  ['another event', true],
  ['an event before there is one', false],
])('refuses what is said of %s', async (_what, hasEvent) => {
  const { ask, told } = await start(hasEvent);
  for (const outcome of ['response', 'error']) {
    const { status, body } = await ask('POST', `invocation/other/${outcome}`);
    expect([status, JSON.parse(body)]).toEqual([
      400,
      { errorMessage: 'Invalid request ID', errorType: 'InvalidRequestID' },
    ]);
  }
  expect(told).toEqual([]);
});

it.each([
  ['PUT', 'invocation/next', 405],
  ['POST', 'invocation/next', 405],
  ['PUT', 'invocation/one/response', 405],
  ['DELETE', 'invocation/one/error', 405],
  ['GET', 'invocation/one/response', 405],
  ['GET', 'init/error', 405],
  ['HEAD', 'invocation/next', 405],
  ['GET', 'invocation/one', 404],
  ['POST', 'exit/error', 404],
])('answers %s %s with %i, and nothing happens', async (method, path, status) => {
  const { ask, told } = await start();
  expect((await ask(method, path)).status).toBe(status);
  expect(told).toEqual([]);
  expect((await ask('POST', 'invocation/one/response')).status).toBe(202);
});

it.each(['', '/', '/00000000000000000000000000000000'])(
  'hands no event to whoever asks without the secret ("%s"), and leaves it to its own function',
  async (secret) => {
    const { ask, told, address } = await start(false);
    const [host = ''] = address.split('/');
    const stolen = await fetch(`http://${host}${secret}/2018-06-01/runtime/invocation/next`);
    expect([stolen.status, await stolen.text(), told]).toEqual([403, '', []]);
    expect((await ask('POST', 'init/error')).status).toBe(202);
  },
);

it('is a secret of each environment', async () => {
  const secrets = (await Promise.all([start(false), start(false)])).map(
    ({ address }) => address.split('/')[1],
  );
  expect(secrets[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(secrets[0]).not.toBe(secrets[1]);
});

it('takes an error of loading the code', async () => {
  const { ask, told } = await start(false);
  expect((await ask('POST', 'init/error')).status).toBe(202);
  expect(told).toEqual(['initError {}']);
});
