import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { keys } from '../../../../lambdas/adapters/dynamodb/keys.ts';
import { offer } from '../../../../protocol/handshake.ts';
import type { RequestInput } from '../../../../protocol/requests.ts';
import type { RunningApplication } from '../application.ts';
import { handshake } from '../staff.ts';
import { operator } from '../table.ts';
import { department, until, type Stage } from './stage.ts';

/** Something that exercises one function, and what is seen of it from outside. */
export interface Step {
  readonly name: string;
  /** The function, such as `SendMessage`. */
  readonly of: string;
  /** Steps that must have succeeded for this one to succeed. */
  readonly after: readonly string[];
  /** The same for a service in order, whenever it is done. A step that is refused may reject. */
  act(stage: Stage): Promise<unknown>;
}

const conversationId = 'c1';
const longAgo = '2026-01-01T00:00:00.000Z';
/** An id that no connection has. */
const ghost = 'AAAAAAAAAAAAAAA=';

const ping: RequestInput = {
  action: 'ping',
  heads: { [conversationId]: 0 },
  inbox: { [department]: longAgo },
};

/** Everything that functions do, and so every right that they have, each at least once. */
export const steps: readonly Step[] = [
  { name: 'refuse a token', of: 'Authorizer', after: [], act: refuseToken },
  { name: 'connect', of: 'Connect', after: [], act: connect },
  { name: 'say what is not known', of: 'Default', after: ['connect'], act: askForNothing },
  { name: 'create', of: 'Notify', after: ['connect'], act: create },
  { name: 'receive', of: 'Notify', after: ['create'], act: receive },
  asking('subscribe', 'Subscribe', 'create', { action: 'subscribe', conversationId }),
  asking('send', 'SendMessage', 'create', sending('m1')),
  asking('history', 'History', 'create', { action: 'history', conversationId }),
  asking('list', 'Conversations', 'create', { action: 'conversations' }),
  asking('ping', 'Ping', 'create', ping),
  asking('close', 'Change', 'create', { action: 'close', conversationId }),
  asking('reopen', 'Change', 'close', { action: 'reopen', conversationId }),
  { name: 'unsubscribe', of: 'Unsubscribe', after: ['subscribe'], act: unsubscribe },
  meetingTheDead('Notify', 'receive', receive),
  meetingTheDead('SendMessage', 'send', (stage) => ask(stage, sending('m2'))),
  meetingTheDead('Change', 'reopen', (stage) => ask(stage, { action: 'close', conversationId })),
  forgotten('Ping', { action: 'ping' }),
  forgotten('Subscribe', { action: 'subscribe', conversationId }),
  { name: 'join what goes', of: 'Subscribe', after: ['create'], act: joinWhatGoes },
  { name: 'give an event up', of: 'Notify', after: [], act: giveUp },
  { name: 'disconnect', of: 'Disconnect', after: ['connect'], act: disconnect },
];

function sending(clientMessageId: string): RequestInput {
  return { action: 'sendMessage', conversationId, clientMessageId, text: 'Until ten.' };
}

/** Ana asks, and Ben hears of it or not. */
function asking(name: string, of: string, before: string, request: RequestInput): Step {
  return {
    name,
    of,
    after: [before],
    async act(stage) {
      await stage.heardBy('ben');
      const answered = await ask(stage, request);
      return { answered, heard: await stage.heardBy('ben') };
    },
  };
}

async function ask(stage: Stage, request: RequestInput): Promise<string> {
  const frame = await stage.person('ana').ask(request);
  return frame.type === 'error' ? frame.code : frame.type;
}

async function refuseToken({ service }: Stage): Promise<number> {
  return handshake(service.websocket, offer('no-token'));
}

async function connect(stage: Stage): Promise<number[]> {
  const clients = [await stage.connect('ana'), await stage.connect('ben')];
  return clients.map(({ socket }) => socket.readyState);
}

async function askForNothing(stage: Stage): Promise<string> {
  const client = stage.person('ana');
  client.socket.send(JSON.stringify({ action: 'dance', id: 'q1' }));
  const frame = await client.take((each) => each.type === 'error');
  return frame.type === 'error' ? frame.code : frame.type;
}

async function create({ upstream, hotelId }: Stage): Promise<unknown> {
  const guest = { id: 'guest-1', name: 'Gil' };
  const created = ['c1', 'c2'].map((id) => ({
    type: 'conversation.created',
    hotelId,
    conversation: { id, department, guest },
  }));
  return upstream.notifyAll(created);
}

async function receive({ upstream, hotelId }: Stage): Promise<unknown> {
  const { seq: _, ...answer } = await upstream.notify({
    type: 'message.received',
    hotelId,
    conversationId,
    message: { id: randomUUID(), text: 'Is breakfast included?' },
  });
  return answer;
}

async function unsubscribe(stage: Stage): Promise<unknown> {
  const answered = await ask(stage, { action: 'unsubscribe', conversationId });
  return { answered, left: await stage.table.query(keys.group(stage.hotelId, `V#${conversationId}`, 0)) };
}

/**
 * A member whose connection is gone: whoever delivers next removes its rows. `before`: the function has delivered once,
 * and remembers the conversation.
 */
function meetingTheDead(of: string, before: string, deliver: (stage: Stage) => Promise<unknown>): Step {
  return {
    name: `meet the dead by ${of}`,
    of,
    after: [before],
    async act(stage) {
      const { hotelId, table } = stage;
      const [member, connection] = await table.addMember(hotelId, department, ghost, {
        openedSecondsAgo: 60,
        expiresInSeconds: 3600,
      });
      const answered = await deliver(stage);
      const members = await table.members(hotelId, department);
      const left = { members: members.includes(ghost), rows: await table.connections(hotelId, 'ghost') };
      for (const key of [member, connection]) await table.remove(key);
      return { answered, left };
    },
  };
}

/** A connection that is not known any more is closed at its next request. */
function forgotten(of: string, request: RequestInput): Step {
  return {
    name: `be forgotten by ${of}`,
    of,
    after: ['create'],
    async act(stage) {
      const { hotelId, table } = stage;
      const eve = await stage.connect('eve');
      const [connectionId = ''] = await table.connections(hotelId, 'eve');
      await table.remove(keys.connection(hotelId, 'eve', connectionId));
      const closed = once(eve.socket, 'close').then(() => 'closed');
      const answered = eve.ask(request).then((frame) => (frame.type === 'error' ? frame.code : frame.type));
      return Promise.race([closed, answered.catch(() => 'closed')]);
    },
  };
}

/** A conversation that is there before the membership is written and not after it: the membership is taken away. */
async function joinWhatGoes(stage: Stage): Promise<unknown> {
  const { hotelId, calls, service, table } = stage;
  const group = keys.group(hotelId, 'V#c2', 0);
  calls.before('dynamodb:PutItem', group, () => deleteAtOnce(service, keys.head(hotelId, 'c2')));
  const answered = await ask(stage, { action: 'subscribe', conversationId: 'c2' });
  return { answered, left: await table.query(group) };
}

/** Before this returns: the call that is being observed waits for nothing else. By the engine itself, as what stands before it runs here. */
function deleteAtOnce(
  { engine, tableName }: RunningApplication,
  { pk, sk }: { pk: string; sk: string },
): void {
  const body = JSON.stringify({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } } });
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=${operator.accessKeyId}/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': '20260101T000000Z',
    'x-amz-target': 'DynamoDB_20120810.DeleteItem',
  };
  const request = JSON.stringify({ method: 'POST', headers, body });
  const { status } = spawnSync(process.execPath, [
    '-e',
    `fetch(${JSON.stringify(engine)}, ${request}).then(({ ok }) => process.exit(ok ? 0 : 1))`,
  ]);
  if (status !== 0) throw new Error('the conversation could not be deleted');
}

/** To its queue, if it may. */
async function giveUp(stage: Stage): Promise<string> {
  await stage.invokeAsEvent({ type: 'no such event' });
  return until(() => {
    const line = stage.service.said.find(
      (each) => each.includes('event that failed for good') || each.includes('is lost'),
    );
    return line === undefined ? undefined : line.includes('is lost') ? 'lost' : 'kept';
  });
}

async function disconnect(stage: Stage): Promise<unknown> {
  const { hotelId, service, table } = stage;
  const [connectionId = ''] = await table.connections(hotelId, 'ben');
  await stage.person('ben').close();
  await until(() =>
    service.output.find(
      (line) => line.includes(connectionId) && /"(disconnected|connection not deleted)"/.test(line),
    ),
  );
  const members = await table.members(hotelId, department);
  return { rows: await table.connections(hotelId, 'ben'), member: members.includes(connectionId) };
}
