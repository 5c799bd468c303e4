import { expect, it, onTestFinished } from 'vitest';
import { connectionsApi } from '../../../../lambdas/adapters/api-gateway/connections-api.ts';
import { recordingLog } from '../../../support/recording-log.ts';
import { scriptedServer, type Scripted } from '../../../support/scripted-server.ts';

const caller = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

async function scripted(...answers: readonly Scripted[]) {
  const server = await scriptedServer();
  server.script(...answers);
  onTestFinished(() => server.stop());
  const log = recordingLog();
  return { server, log, gateway: connectionsApi({ endpoint: `${server.url}/prod`, ...caller, log }) };
}

const html = { 'content-type': 'text/html' };

it.each<[string, Scripted, 'delivered' | 'gone' | 'failed']>([
  ['200', { status: 200 }, 'delivered'],
  [
    '410 with the type in its header',
    { status: 410, headers: { 'x-amzn-errortype': 'GoneException' } },
    'gone',
  ],
  ['410 with nothing', { status: 410 }, 'gone'],
  ['410 with a page of HTML', { status: 410, headers: html, body: '<html>gone</html>' }, 'gone'],
  ['410 with JSON', { status: 410, body: '{"message":"Gone"}' }, 'gone'],
  ['400 for a malformed id', { status: 400, headers: { 'x-amzn-errortype': 'BadRequestException' } }, 'gone'],
  ['403', { status: 403, headers: { 'x-amzn-errortype': 'ForbiddenException' } }, 'failed'],
  ['413', { status: 413, headers: { 'x-amzn-errortype': 'PayloadTooLargeException' } }, 'failed'],
  ['429', { status: 429, headers: { 'x-amzn-errortype': 'LimitExceededException' } }, 'failed'],
  ['500', { status: 500 }, 'failed'],
  ['503 with a page of HTML', { status: 503, headers: html, body: '<html>busy</html>' }, 'failed'],
  ['a broken connection', 'reset', 'failed'],
  ['no answer', 'hang', 'failed'],
])('%s', async (_, answer, outcome) => {
  const { server, log, gateway } = await scripted(answer);
  expect(await gateway.post('JC1dgf9yoAMCK-g=', '{"type":"message"}')).toBe(outcome);
  expect(server.requests.length).toBeLessThanOrEqual(2);
  expect(log.events('warn')).toEqual(outcome === 'failed' ? ['post failed'] : []);
});

it('posts the frame as it is to the connection under the stage, signed', async () => {
  const { server, gateway } = await scripted({ status: 200 });
  const frame = '{"type":"message","text":"naïve 🐝 \\"x\\""}';
  await gateway.post('JC1d_f9yoAMCK-g=', frame);
  const [request] = server.requests;
  expect(request).toMatchObject({ method: 'POST', body: frame });
  expect(decodeURIComponent(request?.path ?? '')).toBe('/prod/@connections/JC1d_f9yoAMCK-g=');
  expect(request?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 .*\/execute-api\/aws4_request/);
});

it('delivers at the second attempt, and goes on over the same socket', async () => {
  const { server, gateway } = await scripted({ status: 500 }, { status: 200 });
  expect(await gateway.post('a', 'frame')).toBe('delivered');
  expect(server.requests).toHaveLength(2);
  for (let post = 0; post < 20; post++) await gateway.post('a', 'frame');
  expect(server.connections).toBeLessThanOrEqual(2);
});

it('fails when nobody listens', async () => {
  const { server, gateway } = await scripted({ status: 200 });
  await server.stop();
  expect(await gateway.post('a', 'frame')).toBe('failed');
});

it('logs a failed post without its frame', async () => {
  const { log, gateway } = await scripted({ status: 500, body: 'canary' });
  await gateway.post('a', 'a canary in a frame');
  expect(log.lines.join('')).toContain('"connectionId":"a"');
  expect(log.lines.join('')).not.toContain('a canary in a frame');
});

it('closes a connection with a signed DELETE and no body', async () => {
  const { server, gateway, log } = await scripted({ status: 204 });
  await gateway.close('JC1d_f9yoAMCK-g=');
  expect(server.requests).toMatchObject([{ method: 'DELETE', body: '' }]);
  expect(decodeURIComponent(server.requests[0]?.path ?? '')).toBe('/prod/@connections/JC1d_f9yoAMCK-g=');
  expect(server.requests[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 /);
  expect(log.lines).toEqual([]);
});

it.each<[string, Scripted, string[]]>([
  ['a connection that is gone already is closed', { status: 410 }, []],
  ['one that cannot be closed is logged', { status: 500 }, ['connection not closed']],
  ['so is an answer that never came', 'reset', ['connection not closed']],
])('%s', async (_, answer, events) => {
  const { gateway, log } = await scripted(answer);
  await gateway.close('a');
  expect(log.events('warn')).toEqual(events);
});
