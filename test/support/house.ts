import { connect } from '../../lambdas/core/connect.ts';
import { Heads } from '../../lambdas/core/heads.ts';
import type { Connection, Identity } from '../../lambdas/core/identity.ts';
import { handleInvocation } from '../../lambdas/core/notify/batch.ts';
import type { Dependencies } from '../../lambdas/core/dependencies.ts';
import { Unavailable } from '../../lambdas/core/ports.ts';
import type { Answer } from '../../lambdas/core/refusals.ts';
import type { NotifyAnswer } from '../../protocol/notify.ts';
import { MemoryConnectionStore } from '../stores/memory/connection-store.ts';
import {
  MemoryConversationStore,
  type MemoryConversationsOptions,
} from '../stores/memory/conversation-store.ts';
import type { Turn } from '../stores/memory/transactions.ts';
import { recordingGateway, type RecordingGateway } from './recording-gateway.ts';
import { recordingLog, type RecordingLog } from './recording-log.ts';
import { testWorld, type TestWorld } from './world.ts';

/** Everything that the decisions need, in memory, in the hands of a test. */
export interface House extends Dependencies {
  readonly conversations: MemoryConversationStore;
  readonly connections: MemoryConnectionStore;
  readonly gateway: RecordingGateway;
  readonly world: TestWorld;
  readonly log: RecordingLog;
  /** What the stores were asked, in order. */
  readonly trips: string[];
  /** Operations of the stores that fail until taken out. */
  readonly down: Set<string>;
  /** The same house as another warm function sees it, which remembers nothing. */
  elsewhere(): House;
}

export interface HouseOptions {
  readonly turn?: Turn;
  readonly index?: NonNullable<MemoryConversationsOptions['index']>;
  readonly shards?: number;
  readonly pageSize?: number;
}

export function newHouse({
  turn = () => Promise.resolve(),
  index = 'immediate',
  shards = 1,
  pageSize,
}: HouseOptions = {}): House {
  const trips: string[] = [];
  const down = new Set<string>();
  const counted: Turn = async (operation) => {
    trips.push(operation);
    await turn(operation);
    if (down.has(operation)) throw new Unavailable(`${operation} is down`);
  };
  const parts = {
    conversations: new MemoryConversationStore({ turn: counted, index }),
    connections: new MemoryConnectionStore({
      turn: counted,
      shards,
      ...(pageSize === undefined ? {} : { pageSize }),
    }),
    gateway: recordingGateway(),
    world: testWorld(),
    log: recordingLog(),
    trips,
    down,
  };
  const withHeads = (): House => ({ ...parts, heads: new Heads(), elsewhere: withHeads });
  return withHeads();
}

export const hotel = 'grand';
const talk = { hotelId: hotel, conversationId: 'talk' };

/** Someone of staff, not connected. */
export function staff(house: House, given: Partial<Identity> = {}, id?: string): Connection {
  const now = house.world.now().getTime();
  const userId = given.userId ?? 'ana';
  return {
    id: id ?? `${userId}-${house.world.newId()}`,
    connectedAt: now,
    identity: {
      hotelId: hotel,
      userId,
      role: 'staff',
      departments: ['front-desk'],
      tokenExpiresAt: now / 1000 + 3600,
      ...given,
    },
  };
}

/** Someone of staff with an open connection. */
export async function connected(
  house: House,
  given: Partial<Identity> = {},
  id?: string,
): Promise<Connection> {
  const connection = staff(house, given, id);
  await connect(house, connection);
  return connection;
}

export async function notify(house: House, input: unknown): Promise<NotifyAnswer> {
  const answer = await handleInvocation(house, input);
  if (!Array.isArray(answer)) return answer;
  throw new Error('one event has one answer');
}

/** A guest's conversation in a department, with nothing in it; nobody has been told anything that the test sees. */
export async function conversation(
  house: House,
  {
    id = 'talk',
    department = 'front-desk',
    hotelId = hotel,
  }: { id?: string; department?: string | null; hotelId?: string } = {},
): Promise<string> {
  await notify(house, {
    type: 'conversation.created',
    hotelId,
    conversation: {
      id,
      department,
      guest: { id: 'guest-1', name: 'Grace', channel: 'whatsapp', address: '+316' },
    },
  });
  house.gateway.clear();
  return id;
}

/** A guest's message event. */
export function received(id: string, text = `text of ${id}`, conversationId = 'talk', hotelId = hotel) {
  return { type: 'message.received', hotelId, conversationId, message: { id, text } };
}

/** What a guest does to the message `messageId` of `talk`. */
export function edited(
  messageId: string,
  eventId: string,
  text: unknown = `edited by ${eventId}`,
  given: { at?: string | number } = {},
) {
  return { type: 'message.edited', ...talk, messageId, eventId, text, ...given };
}

export function deleted(messageId: string, eventId: string, given: { at?: string } = {}) {
  return { type: 'message.deleted', ...talk, messageId, eventId, ...given };
}

/** A guest's message with two attachments. */
export function photo(id: string, text = '') {
  return { ...received(id), message: { id, text, attachments: [{ kind: 'image' }, { kind: 'video' }] } };
}

/** A change of state by upstream. */
export function upstream(
  change: 'routed' | 'closed' | 'reopened',
  eventId: string,
  given: { department?: string; at?: string; conversationId?: string } = {},
) {
  return { type: `conversation.${change}`, hotelId: hotel, conversationId: 'talk', eventId, ...given };
}

export function send(clientMessageId: string, text = `text of ${clientMessageId}`, conversationId = 'talk') {
  return { action: 'sendMessage', conversationId, clientMessageId, text } as const;
}

/** The value of a decision that must have been a yes. */
export function yes<T>(outcome: Answer<T>): T {
  if (outcome.kind === 'done') return outcome.value;
  throw new Error(`refused: ${outcome.refusal.code} ${outcome.refusal.message}`);
}

/** The code of a decision that must have been a no. */
export function no(outcome: Answer<unknown>): string {
  if (outcome.kind === 'done') throw new Error('not refused');
  return outcome.refusal.code;
}

/** Something that may be put in the place of a turn, and does nothing until then. */
export const nothing = (): Promise<void> => Promise.resolve();

/** A house whose conversation `talk` has these messages of its guest. */
export async function houseWith(...messages: readonly string[]): Promise<House> {
  const house = newHouse();
  await conversation(house);
  for (const id of messages) await notify(house, received(id));
  return house;
}

/** What a list shows of the conversation `talk`: text, the id of the guest's message, and what is attached. */
export async function previewOfTalk(house: House) {
  const current = await house.conversations.read({ hotelId: hotel, conversationId: 'talk' });
  return [current?.preview, current?.previewOf, current?.previewKind];
}
