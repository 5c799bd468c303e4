import type { NotifyInput } from '../../protocol/notify.ts';
import type { Random } from './kernel/random.ts';
import { conversationId, type Stage } from './stage.ts';

/*
 * What upstream Lambdas tell, as channels make them tell it: late, with clocks of their own, with attachments of every
 * sort. Texts stay such as are stored to the letter: the checker knows messages by them.
 */

type Message = Extract<NotifyInput, { type: 'message.received' }>['message'];

/** What one upstream tells at a moment: events that are invoked together. */
export function upstreamEvents(stage: Stage, dice: Random, hotel: string): NotifyInput[] {
  const conv = conversationId(dice.whole(1, stage.plan.conversations));
  const choice = dice.next();
  if (choice < 0.06) {
    return Array.from({ length: dice.whole(2, 4) }, () =>
      received(stage, dice, hotel, conversationId(dice.whole(1, stage.plan.conversations))),
    );
  }
  if (choice < 0.66) return [received(stage, dice, hotel, conv)];
  if (choice < 0.73) return [revision(stage, dice, hotel, conv)];
  if (choice < 0.75) return [createdAgain(stage, dice, hotel, conv)];
  return [stateEvent(stage, dice, hotel, conv, `e${stage.number()}`)];
}

/** Another event under the id of one that has one: it must be refused, whatever the first has stored. */
export function underSameId(stage: Stage, dice: Random, event: NotifyInput): NotifyInput | undefined {
  if (!('eventId' in event)) return undefined;
  const { hotelId, conversationId: conv, eventId } = event;
  const other = stateEvent(stage, dice, hotelId, conv, eventId);
  return wantedOf(other) === wantedOf(event) ? undefined : other;
}

/** What an event wants under its id; two that want different things are two. */
export function wantedOf(event: NotifyInput): string {
  if ('messageId' in event) return `${event.type} ${event.messageId}`;
  return event.type === 'conversation.routed' ? `${event.type} ${event.department}` : event.type;
}

/** A guest's message, as it comes. */
export function guestMessage(stage: Stage, dice: Random): Message {
  return {
    id: `w${stage.number()}`,
    text: stage.text(dice),
    ...(dice.chance(0.5) ? { sentAt: upstreamTime(stage, dice) } : {}),
    ...(dice.chance(0.15) ? { attachments: attachments(dice) } : {}),
  };
}

function received(stage: Stage, dice: Random, hotelId: string, conv: string): NotifyInput {
  return {
    type: 'message.received',
    hotelId,
    conversationId: conv,
    message: guestMessage(stage, dice),
    ...(dice.chance(0.1) ? { guest: { name: name(dice) } } : {}),
  };
}

/** Of any message, which may be another conversation's, or not be there. */
function revision(stage: Stage, dice: Random, hotelId: string, conv: string): NotifyInput {
  const number = stage.number();
  const base = {
    hotelId,
    conversationId: conv,
    messageId: `w${dice.whole(1, number)}`,
    eventId: `r${number}`,
    ...(dice.chance(0.5) ? { at: upstreamTime(stage, dice) } : {}),
  };
  return dice.chance(0.7)
    ? { type: 'message.edited', ...base, text: stage.text(dice) }
    : { type: 'message.deleted', ...base };
}

function createdAgain(stage: Stage, dice: Random, hotelId: string, id: string): NotifyInput {
  const department = dice.pick(stage.departments);
  const conversation = { id, department, guest: { id: 'somebody-else', name: name(dice) } };
  return { type: 'conversation.created', hotelId, conversation };
}

function stateEvent(stage: Stage, dice: Random, hotelId: string, conv: string, eventId: string): NotifyInput {
  const at = dice.chance(0.6) ? { at: upstreamTime(stage, dice) } : {};
  const base = { hotelId, conversationId: conv, eventId, ...at };
  const choice = dice.next();
  if (choice < 0.34)
    return { ...base, type: 'conversation.routed', department: dice.pick(stage.departments) };
  return { ...base, type: choice < 0.7 ? 'conversation.closed' : 'conversation.reopened' };
}

/** Of just now, minutes ago, or in the future, and often without milliseconds. */
function upstreamTime(stage: Stage, dice: Random): string {
  const choice = dice.next();
  const age =
    choice < 0.5
      ? dice.between(0, 2000)
      : choice < 0.85
        ? dice.between(0, 5 * 60_000)
        : choice < 0.92
          ? dice.between(20, 40) * 60_000
          : -dice.between(0, 60_000);
  const instant = new Date(stage.now() - age).toISOString();
  return dice.chance(0.5) ? `${instant.slice(0, 19)}Z` : instant;
}

function name(dice: Random): string {
  return `Grace ${dice.whole(1, 5)}`;
}

const oddAttachments: readonly unknown[] = [
  { kind: 'image', mime: '' },
  { kind: 'image', url: 'javascript:alert(1)', size: '123' },
  { kind: 'hologram', url: 'https://a.example/Tür 1', name: null },
  { id: 'i'.repeat(200) },
  'photo',
  null,
];

const oddOnes = new Set(oddAttachments.map((each) => JSON.stringify(each)));

/** Whether something that is attached is not as it should be. */
export function isOdd(attachment: unknown): boolean {
  return oddOnes.has(JSON.stringify(attachment));
}

function attachments(dice: Random): unknown[] {
  const right = { kind: 'image', id: 'media-1', url: 'https://a.example/1' };
  return dice.chance(0.4) ? [right] : [right, dice.pick(oddAttachments)];
}
