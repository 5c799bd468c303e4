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
 * `entry` is what happened; without one, the conversation was created empty. `except` is the connection that sent a
 * message: it has the reply.
 */
export function publish(
  deps: FanOutDependencies,
  conversation: Conversation,
  entry: Entry | undefined,
  except?: string,
): Promise<Tally> {
  const departments = departmentsConcerned(conversation, entry);
  return fanOut(deps, {
    hotelId: conversation.hotelId,
    groups: [
      ...departments.map(groupOf),
      { kind: 'conversation', conversationId: conversation.conversationId },
    ],
    departments,
    frame: encode(eventOf(conversation, entry)),
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
  entry: Entry | undefined,
  except?: string,
): Promise<void> {
  try {
    const tally = await publish(deps, conversation, entry, except);
    deps.log.write('info', 'published', {
      conversationId: conversation.conversationId,
      seq: entry?.seq,
      ...tally,
    });
  } catch (error) {
    deps.log.write('error', 'stored but not published', {
      conversationId: conversation.conversationId,
      seq: entry?.seq,
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
function departmentsConcerned(conversation: Conversation, entry: Entry | undefined): (string | null)[] {
  const { department } = conversation;
  const left = entry?.seq === conversation.head ? entry.previousDepartment : undefined;
  return left === undefined ? [department] : [department, left];
}

/** One frame for what happened: a change of state carries its entry, or the guest's message that caused it. */
function eventOf(conversation: Conversation, entry: Entry | undefined): Event {
  const change = entry === undefined ? 'created' : (entry.event ?? entry.caused);
  if (entry !== undefined && change === undefined) {
    return { type: 'message', message: messageOnWire(conversation, entry) };
  }
  return {
    type: 'conversation',
    event: change ?? 'created',
    conversation: conversationOnWire(conversation),
    ...(entry === undefined ? {} : { message: messageOnWire(conversation, entry) }),
  };
}
