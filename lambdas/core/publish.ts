import { encode } from '../../protocol/codec.ts';
import type { Event } from '../../protocol/replies.ts';
import { conversationOnWire, messageOnWire, type Conversation, type Entry } from './conversation.ts';
import { fanOut, type FanOutDependencies, type Tally } from './fan-out.ts';
import { errorFields, type Group } from './ports.ts';

/** Nobody was told. */
export const silence: Tally = { audience: 0, delivered: 0, gone: 0, failed: 0, deferred: 0 };

/**
 * Tells everyone whom it concerns what happened to a conversation, after it was committed.
 *
 * `happened` is the entry that was committed, or what was done without one: it was created empty, or something of its
 * guest is new. `except` is the connection that sent a message: it has the reply.
 */
export function publish(
  deps: FanOutDependencies,
  conversation: Conversation,
  happened: Entry | 'created' | 'updated',
  except?: string,
): Promise<Tally> {
  const departments = departmentsConcerned(conversation, happened);
  return fanOut(deps, {
    hotelId: conversation.hotelId,
    groups: [
      ...departments.map(groupOf),
      { kind: 'conversation', conversationId: conversation.conversationId },
    ],
    departments,
    frame: encode(eventOf(conversation, happened)),
    ...(except === undefined ? {} : { except }),
  });
}

/**
 * As `publish`, for a sender that waits for its reply: what was committed is answered as such even if its members
 * could not be read. They find the gap by the next number, or by their next `ping`.
 */
export async function publishQuietly(
  deps: FanOutDependencies,
  conversation: Conversation,
  entry: Entry,
  except?: string,
): Promise<void> {
  try {
    const tally = await publish(deps, conversation, entry, except);
    deps.log.write('info', 'published', {
      conversationId: conversation.conversationId,
      seq: entry.seq,
      ...tally,
    });
  } catch (error) {
    deps.log.write('error', 'stored but not published', {
      conversationId: conversation.conversationId,
      seq: entry.seq,
      ...errorFields(error),
    });
  }
}

/** The group that hears of a department's conversations; the managers hear of those without one. */
export function groupOf(department: string | null): Group {
  return department === null ? { kind: 'unassigned' } : { kind: 'department', department };
}

/**
 * The conversation's department, and the one it has just left. Once more has happened, the one it left hears nothing:
 * the frame shows the conversation as it is now.
 */
function departmentsConcerned(
  conversation: Conversation,
  happened: Entry | 'created' | 'updated',
): (string | null)[] {
  const { department } = conversation;
  const isNewest = typeof happened === 'object' && happened.seq === conversation.head;
  const left = isNewest ? happened.previousDepartment : undefined;
  return left === undefined ? [department] : [department, left];
}

/**
 * One frame for what happened: a change of state carries its entry, or the guest's message that caused it.
 *
 * A message says when the conversation was updated by it, as only its newest entry knows: of an older one that is
 * delivered again, the time of its commit is not stored.
 */
function eventOf(conversation: Conversation, happened: Entry | 'created' | 'updated'): Event {
  if (typeof happened === 'string') {
    return { type: 'conversation', event: happened, conversation: conversationOnWire(conversation) };
  }
  const message = messageOnWire(conversation, happened);
  const change =
    happened.event ?? happened.caused ?? (happened.renamed || happened.overtaken ? 'updated' : undefined);
  return change === undefined
    ? {
        type: 'message',
        message,
        ...(happened.seq === conversation.head ? { updatedAt: conversation.updatedAt } : {}),
      }
    : { type: 'conversation', event: change, conversation: conversationOnWire(conversation), message };
}
