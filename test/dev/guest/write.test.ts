import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createNotify, type Notified } from '../../../dev/guest/notify-client.ts';
import { writeAsGuest } from '../../../dev/guest/write.ts';
import { listenLocally } from '../../../local/src/command-line/index.ts';
import type { NotifyEvent } from '../../../protocol/notify.ts';

const writing = {
  hotelId: 'grand',
  conversationId: 'c1',
  department: 'front-desk',
  guest: { id: 'maria' },
  message: { id: 'm1', text: 'Hello' },
};

const received = {
  type: 'message.received',
  hotelId: 'grand',
  conversationId: 'c1',
  message: writing.message,
};

/** A `notify` that answers everything alike. */
function answering(answer: Notified) {
  const events: NotifyEvent[] = [];
  const notify = (event: NotifyEvent): Promise<Notified> => {
    events.push(event);
    return Promise.resolve(answer);
  };
  return { events, notify };
}

describe('a guest', () => {
  test('writes in one event, which begins the conversation where there is none, so that nothing fails', async () => {
    const { events, notify } = answering({ ok: true, answer: '{"ok":true}' });
    expect(await writeAsGuest(notify, writing)).toEqual({ ok: true, answer: '{"ok":true}' });
    expect(events).toEqual([
      {
        type: 'conversation.created',
        hotelId: 'grand',
        conversation: { id: 'c1', department: 'front-desk', guest: { id: 'maria' } },
        message: writing.message,
      },
    ]);
  });

  test('hears why it failed', async () => {
    const failed = { ok: false, errorType: 'UNAVAILABLE', errorMessage: 'busy' } as const;
    const { events, notify } = answering(failed);
    expect(await writeAsGuest(notify, writing)).toEqual(failed);
    expect(events).toHaveLength(1);
  });
});

/** A Lambda API that answers every invocation alike. */
async function startLambdaApi(payload: string, functionError?: string) {
  const invocations: { url: string | undefined; body: string }[] = [];
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    invocations.push({ url: request.url, body: await text(request) });
    response.writeHead(200, functionError === undefined ? {} : { 'x-amz-function-error': functionError });
    response.end(payload);
  }
  const server = createServer((request, response) => void answer(request, response));
  const port = await listenLocally(server, 0);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${port}`, invocations };
}

const event = { ...received, type: 'message.received' } as const;

describe('notify, invoked through the Lambda API', () => {
  test('gives its answer', async () => {
    const { url, invocations } = await startLambdaApi('{"ok":true}');
    expect(await createNotify(url, 'notify-fn')(event)).toEqual({ ok: true, answer: '{"ok":true}' });
    expect(invocations).toEqual([
      { url: '/2015-03-31/functions/notify-fn/invocations', body: JSON.stringify(event) },
    ]);
  });

  test('gives the error that the function failed with', async () => {
    const { url } = await startLambdaApi('{"errorType":"NOT_FOUND","errorMessage":"no such"}', 'Unhandled');
    expect(await createNotify(url, 'notify-fn')(event)).toEqual({
      ok: false,
      errorType: 'NOT_FOUND',
      errorMessage: 'no such',
    });
  });

  test('is missed in one sentence when nothing answers', async () => {
    const server = createServer();
    const port = await listenLocally(server, 0);
    await new Promise((resolve) => server.close(resolve));
    await expect(createNotify(`http://127.0.0.1:${port}`, 'notify-fn')(event)).rejects.toThrow(
      `The Lambda API at http://127.0.0.1:${port} cannot be used: nothing answers there; npm start runs an instance.`,
    );
  });
});
