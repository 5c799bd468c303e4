import { decodeNotifyEvent } from '../../../protocol/codec.ts';
import type { Code, Refusal } from '../../../protocol/codes.ts';
import { limits } from '../../../protocol/limits.ts';
import type { NotifyAnswer, NotifyEvent } from '../../../protocol/notify.ts';
import type { ConversationRef } from '../conversation.ts';
import type { Dependencies } from '../dependencies.ts';
import { errorFields, Unavailable } from '../ports.ts';
import type { Done } from '../refusals.ts';
import { handleEvent, propose } from './event.ts';
import type { UpstreamProposal } from './upstream-proposal.ts';

/** What `notify` failed for; an asynchronous invocation is then retried and ends in the failure queue. */
export class NotifyFailure extends Error {
  /** Lambda shows an error's name to the caller as `errorType`. */
  constructor(code: Code, message: string) {
    super(message);
    this.name = code;
  }
}

interface Failure {
  readonly kind: 'failed';
  readonly position: number;
  readonly code: Code;
  readonly message: string;
}

type Handled = Done<NotifyAnswer> | Failure;

/**
 * Handles what `notify` was invoked with: one event, or up to 100 in their order.
 *
 * After an event that is invalid or fails, the later ones of the same conversation are left, so that nothing overtakes it;
 * the others are handled, since one bad event must not hold up other guests. It throws a `NotifyFailure` at the end that
 * names the positions. All of it can be repeated.
 */
export async function handleInvocation(
  deps: Dependencies,
  input: unknown,
): Promise<NotifyAnswer | NotifyAnswer[]> {
  const isList = Array.isArray(input);
  const inputs: readonly unknown[] = isList ? input : [input];
  if (inputs.length === 0 || inputs.length > limits.notifyEvents) {
    throw new NotifyFailure('BAD_REQUEST', `A list holds 1 to ${limits.notifyEvents} events.`);
  }
  const answers: NotifyAnswer[] = [];
  const failures: Failure[] = [];
  const broken = new Set<string>();
  for (const [position, each] of inputs.entries()) {
    const { result, conversation } = await handle(deps, each, position, broken);
    if (result.kind === 'done') answers.push(result.value);
    else {
      failures.push(result);
      if (conversation !== undefined) broken.add(conversation);
    }
  }
  const [first] = failures;
  if (first) throw new NotifyFailure(first.code, summary(failures, inputs.length, isList));
  const [only] = answers;
  return isList || only === undefined ? answers : only;
}

/** One event, and the conversation it is about, as far as it can be read. */
async function handle(
  deps: Dependencies,
  input: unknown,
  position: number,
  broken: ReadonlySet<string>,
): Promise<{ result: Handled; conversation?: string | undefined }> {
  const decoded = decodeNotifyEvent(input);
  if (!decoded.ok) {
    return {
      result: failure(position, decoded.refusal),
      conversation: decoded.about && nameOf(decoded.about),
    };
  }
  const { event, unknownFields, unreadableTimes } = decoded;
  if (unknownFields > 0) {
    const isAll = unknownFields < limits.unknownFields;
    deps.log.write('warn', 'unknown fields ignored', {
      position,
      unknownFields: isAll ? unknownFields : `${limits.unknownFields} or more`,
    });
  }
  if (unreadableTimes > 0) deps.log.write('warn', 'unreadable times ignored', { position, unreadableTimes });
  const proposal = propose(event);
  const conversation = nameOf(proposal.ref);
  const result = broken.has(conversation)
    ? left(position)
    : await attempt(deps, event.type, proposal, position);
  return { result, conversation };
}

async function attempt(
  deps: Dependencies,
  type: NotifyEvent['type'],
  proposal: UpstreamProposal,
  position: number,
): Promise<Handled> {
  try {
    const answer = await handleEvent(deps, type, proposal);
    if (answer.kind === 'refused') return failure(position, answer.refusal);
    deps.log.write('info', 'notified', { ...answer.value });
    return answer;
  } catch (error) {
    const unavailable = error instanceof Unavailable;
    deps.log.write('error', 'event failed', { type, position, ...errorFields(error) });
    return failure(
      position,
      unavailable
        ? { code: 'UNAVAILABLE', message: 'a dependency throttled or failed; repeat the event' }
        : { code: 'INTERNAL', message: 'a fault, described in the log of this invocation' },
    );
  }
}

function left(position: number): Failure {
  return failure(position, {
    code: 'UNAVAILABLE',
    message: 'left, because an earlier event of its conversation failed',
  });
}

function failure(position: number, { code, message }: Refusal): Failure {
  return { kind: 'failed', position, code, message };
}

/** No id holds a `#`. */
function nameOf({ hotelId, conversationId }: ConversationRef): string {
  return `${hotelId}#${conversationId}`;
}

function summary(failures: readonly Failure[], count: number, isList: boolean): string {
  if (!isList) return failures.map(({ message }) => message).join();
  const each = failures.map(({ position, code, message }) => `event ${position}: ${code} ${message}`);
  return `${failures.length} of ${count} events failed: ${each.join('; ')}`;
}
