import { table as schema } from '../../../lambdas/contract/table.ts';
import { keys } from '../../../lambdas/adapters/dynamodb/keys.ts';
import type { Conversation } from '../../../lambdas/core/conversation.ts';
import { bytesOf } from './bytes.ts';
import { fullBytes } from './shapes.ts';

/** One step of a conversation as its update. */
export interface Step {
  /** What it was decided on: status, department and `stateAt` must still be these. */
  readonly expected: Conversation;
  readonly next: Conversation;
  /** The receipt's name, and what stands under it: undefined for a step without an entry. */
  readonly name: string;
  readonly stored: string | undefined;
  readonly place: Place;
  /** Whether `updatedAt` moves: only where it is not later than this step's. */
  readonly movesActivity: boolean;
}

/** How a condition sees every place where the receipt may be. */
export type Place =
  /** It can only be in the tail: it was first tried when its sender knew `after`, which the tail still reaches. */
  | { readonly kind: 'tail'; readonly after: number }
  /** It is not among the receipts of this many cuts. */
  | { readonly kind: 'cuts'; readonly cuts: number };

interface Clause {
  readonly set?: string;
  readonly condition?: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

export function appendOf(step: Step) {
  const clauses = [
    numbered(step),
    placed(step.place),
    ...decidedOn(step.expected),
    ...changed(step),
    activity(step),
  ];
  const texts = (field: 'set' | 'condition') =>
    clauses.map((clause) => clause[field]).filter((each) => each !== undefined);
  return {
    UpdateExpression: `SET ${texts('set').join(', ')}`,
    ConditionExpression: texts('condition').join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(clauses.flatMap(({ names }) => Object.entries(names ?? {}))),
    ExpressionAttributeValues: Object.fromEntries(
      clauses.flatMap(({ values }) => Object.entries(values ?? {})),
    ),
  };
}

/** The number comes from the item itself, so that no writer has to know it; what is there already is not stored again. */
function numbered({ name, stored }: Step): Clause {
  const values = { ':bytes': bytesOf(name, stored ?? ''), ':full': fullBytes };
  const common = {
    condition: 'attribute_not_exists(seqs.#key) AND tailBytes < :full',
    names: { '#key': name },
  };
  return stored === undefined
    ? {
        ...common,
        set: 'seqs.#key = :none, tailBytes = tailBytes + :bytes',
        values: { ...values, ':none': 0 },
      }
    : {
        ...common,
        set: 'seqs.#key = head + :one, head = head + :one, tail.#key = :entry, tailBytes = tailBytes + :bytes',
        values: { ...values, ':one': 1, ':entry': stored },
      };
}

/** A head below `after` is a restored backup's, in which `after` says nothing. */
function placed(place: Place): Clause {
  return place.kind === 'cuts'
    ? { condition: 'cuts = :cuts', values: { ':cuts': place.cuts } }
    : {
        condition: 'tailFrom <= :afterNext AND head >= :after',
        values: { ':afterNext': place.after + 1, ':after': place.after },
      };
}

function decidedOn({ status, department, stateAt }: Conversation): Clause[] {
  return [
    { condition: '#status = :wasStatus', names: { '#status': 'status' }, values: { ':wasStatus': status } },
    unchanged('department', department ?? undefined),
    unchanged('stateAt', stateAt),
  ];
}

function unchanged(name: string, value: string | undefined): Clause {
  return value === undefined
    ? { condition: `attribute_not_exists(${name})` }
    : { condition: `${name} = :was_${name}`, values: { [`:was_${name}`]: value } };
}

/** What the step makes of the conversation, apart from its number and its time. */
function changed({ expected, next }: Step): Clause[] {
  const { activityIndex } = schema;
  const [before, after] = [attributesOf(expected), attributesOf(next)];
  return Object.entries(after)
    .filter(([name, value]) => value !== undefined && value !== before[name])
    .map(([name, value]) => ({
      set: `#${name} = :${name}`,
      names: { [`#${name}`]: name === 'listed' ? activityIndex.partitionKey : name },
      values: { [`:${name}`]: value },
    }));
}

function attributesOf({
  hotelId,
  department,
  status,
  preview,
  stateAt,
}: Conversation): Record<string, string | undefined> {
  const listed = keys.activityPartition(hotelId, department, status);
  return { department: department ?? undefined, status, preview, stateAt, listed };
}

/** An update cannot take a maximum: it sets the time where it is the later one, or leaves it. */
function activity({ next, movesActivity }: Step): Clause {
  if (!movesActivity) return {};
  return {
    set: 'updatedAt = :updatedAt, #activity = :activity',
    condition: 'updatedAt <= :updatedAt',
    names: { '#activity': schema.activityIndex.sortKey },
    values: {
      ':updatedAt': next.updatedAt,
      ':activity': keys.activitySort(next.updatedAt, next.conversationId),
    },
  };
}

/** Where a department's list shows a conversation. */
export function activityOf({
  hotelId,
  conversationId,
  department,
  status,
  updatedAt,
}: Conversation): Record<string, string> {
  return {
    [schema.activityIndex.partitionKey]: keys.activityPartition(hotelId, department, status),
    [schema.activityIndex.sortKey]: keys.activitySort(updatedAt, conversationId),
  };
}
