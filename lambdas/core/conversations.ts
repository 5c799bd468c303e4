import { limits } from '../../protocol/limits.ts';
import type { Reply } from '../../protocol/replies.ts';
import type { Request } from '../../protocol/requests.ts';
import { conversationOnWire, type Conversation } from './conversation.ts';
import { readCursor, writeCursor, type ListingPosition } from './cursor.ts';
import type { Dependencies } from './dependencies.ts';
import { maySee, type Connection, type Identity } from './identity.ts';
import { fit } from './log.ts';
import { badCursor, done, noSuchDepartment, type Answer } from './refusals.ts';

/**
 * The conversations of one department, or of all that the token lists, newest activity first.
 *
 * Without `department`, a manager's listing also holds the conversations that have none. It may lag an event by
 * moments, because it reads an index; a receiver merges by `head`.
 */
export async function conversations(
  deps: Pick<Dependencies, 'conversations'>,
  { identity }: Connection,
  request: Request<'conversations'>,
): Promise<Answer<Reply<'conversations'>>> {
  const { department, status, limit, cursor } = request;
  if (department !== undefined && !maySee(identity, department)) return noSuchDepartment;
  const question = { department, status };
  const after = cursor === undefined ? undefined : readCursor(cursor, question);
  if (cursor !== undefined && after === undefined) return badCursor;

  const lists = await Promise.all(
    departmentsOf(identity, department).map((each) =>
      deps.conversations.list(identity.hotelId, {
        department: each,
        status,
        limit: limit + 1,
        ...(after === undefined ? {} : { after }),
      }),
    ),
  );
  const found = newestOfEach(lists.flat()).toSorted(byActivity);
  const page = found.slice(0, limit);
  const shown = fit(page.map(conversationOnWire), room);
  const last = page[shown.length - 1];
  return done({
    type: 'conversations',
    conversations: shown,
    ...(last !== undefined && shown.length < found.length ? { cursor: writeCursor(question, last) } : {}),
  });
}

/** Bytes for conversations beside the rest of the reply and a cursor, which is ASCII and leaves room for its field's name. */
const room = limits.frameBytes - limits.envelopeBytes - limits.cursorUnits;

function departmentsOf(identity: Identity, asked: string | null | undefined): (string | null)[] {
  if (asked !== undefined) return [asked];
  return identity.role === 'manager' ? [...identity.departments, null] : [...identity.departments];
}

/** One that moves between departments while their lists are read may be in both: the newer state counts. */
function newestOfEach(found: readonly Conversation[]): Conversation[] {
  const newest = new Map<string, Conversation>();
  for (const conversation of found) {
    const other = newest.get(conversation.conversationId);
    if (other === undefined || other.head < conversation.head)
      newest.set(conversation.conversationId, conversation);
  }
  return [...newest.values()];
}

/** Newest first, and the same order as the index has among those of one instant. */
function byActivity(one: Conversation, other: Conversation): number {
  return compare(other, one);
}

function compare(one: ListingPosition, other: ListingPosition): number {
  if (one.updatedAt !== other.updatedAt) return one.updatedAt < other.updatedAt ? -1 : 1;
  if (one.conversationId === other.conversationId) return 0;
  return one.conversationId < other.conversationId ? -1 : 1;
}
