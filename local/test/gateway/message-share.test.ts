import { expect, it } from 'vitest';
import { awsLimits } from '../../src/gateway/limits.ts';
import { eventually } from '../support/eventually.ts';
import { at, bodies, connectKnown, deleteConnection, usual } from './conformance/support.ts';
import { launchLocal } from './local-target.ts';

const flooded = 3_000;
const frames = Array.from({ length: flooded }, (_, n) => JSON.stringify({ action: 'x', n }));
const share = awsLimits.unansweredMessages;

it('lets the frame of another connection be next, while one sends without waiting for answers', async () => {
  const api = await launchLocal(usual);
  const [flood, other] = [await connectKnown(api), await connectKnown(api)];
  api.hold('x');
  for (const frame of frames) flood.socket.send(frame);
  await eventually(() => expect(api.calls('x').length).toBeGreaterThanOrEqual(share));
  other.socket.send('{"action":"x","n":"other"}');
  await eventually(() =>
    expect(api.calls('x').at(-1)?.event).toMatchObject({ body: '{"action":"x","n":"other"}' }),
  );
  expect(api.calls('x')).toHaveLength(share + 1);
});

it('hands on everything in its order, as the function answers', async () => {
  const api = await launchLocal(usual);
  const { socket } = await connectKnown(api);
  api.hold('x');
  for (const frame of frames) socket.send(frame);
  for (let n = 0; n < flooded; n += 1) {
    const call = await api.nextCall('x');
    call.answer({ returns: { statusCode: 200 } });
  }
  expect(await bodies(api, 'x')).toEqual(frames);
});

it('names the connection as the source of each event, so that connections take turns for a function', async () => {
  const api = await launchLocal(usual);
  const { socket, connectionId } = await connectKnown(api);
  socket.send('{"action":"x"}');
  await api.nextCall('x');
  socket.close();
  await api.nextCall('$disconnect');
  for (const route of ['$connect', 'x', '$disconnect']) {
    const [call] = api.calls(route);
    expect([call?.options?.source, at(call?.event, 'requestContext.connectionId')]).toEqual([
      connectionId,
      connectionId,
    ]);
  }
});

it('drops what waits when its connection is closed', async () => {
  const api = await launchLocal(usual);
  const { socket, connectionId } = await connectKnown(api);
  api.hold('x');
  for (const frame of frames) socket.send(frame);
  await eventually(() => expect(api.calls('x')).toHaveLength(share));
  await deleteConnection(api, connectionId);
  await api.nextCall('$disconnect');
  for (const call of api.calls('x')) call.answer({ returns: { statusCode: 200 } });
  await connectKnown(api);
  expect(api.calls('x')).toHaveLength(share);
});

it('notices that a client has gone which it did not read from, once the functions have answered', async () => {
  const api = await launchLocal(usual);
  const { socket } = await connectKnown(api);
  api.hold('x');
  for (const frame of frames) socket.send(frame);
  await eventually(() => expect(api.calls('x')).toHaveLength(share));
  socket.terminate();
  api.script('x', { returns: { statusCode: 200 } });
  for (const call of api.calls('x')) call.answer({ returns: { statusCode: 200 } });
  await api.nextCall('$disconnect');
});
