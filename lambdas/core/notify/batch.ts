import { decodeNotifyEvent } from '../../../protocol/codec.ts';
import type { Code } from '../../../protocol/codes.ts';
import { limits } from '../../../protocol/limits.ts';
import type { NotifyAnswer, NotifyEvent } from '../../../protocol/notify.ts';
import type { Dependencies } from '../dependencies.ts';
import { errorFields, Unavailable } from '../ports.ts';
import { handleEvent } from './event.ts';

/** What `notify` failed for; an asynchronous invocation is then retried and ends in the failure queue. */
export class NotifyFailure extends Error {
  /** Lambda shows an error's name to the caller as `errorType`. */
  constructor(code: Code, message: string) {
    super(message);
    this.name = code;
  }
}

interface Failure {
  readonly position: number;
  readonly code: Code;
  readonly message: string;
}

/**
 * Handles what `notify` was invoked with: one event, or up to 100 in their order.
 *
 * Nothing is stored unless every event is valid. After a failure the later events of the same conversation are left,
 * the others are handled, and it throws a `NotifyFailure` that names the positions. All of it can be repeated.
 */
export async function handleInvocation(
  deps: Dependencies,
  input: unknown,
): Promise<NotifyAnswer | NotifyAnswer[]> {
  const isList = Array.isArray(input);
  const events = parseAll(deps, isList ? input : [input], isList);
  const answers: NotifyAnswer[] = [];
  const failures: Failure[] = [];
  const broken = new Set<string>();
  for (const [position, event] of events.entries()) {
    const conversation = conversationOf(event);
    const result = broken.has(conversation) ? left(position) : await attempt(deps, event, position);
    if ('ok' in result) answers.push(result);
    else {
      failures.push(result);
      broken.add(conversation);
    }
  }
  const [first] = failures;
  if (first) throw new NotifyFailure(first.code, summary(failures, events.length, isList));
  const [only] = answers;
  return isList || only === undefined ? answers : only;
}

function parseAll(deps: Dependencies, inputs: readonly unknown[], isList: boolean): NotifyEvent[] {
  if (inputs.length === 0 || inputs.length > limits.notifyEvents) {
    throw new NotifyFailure('BAD_REQUEST', `A list holds 1 to ${limits.notifyEvents} events.`);
  }
  const failures: Failure[] = [];
  const events: NotifyEvent[] = [];
  let unknownFields = 0;
  for (const [position, input] of inputs.entries()) {
    const decoded = decodeNotifyEvent(input);
    if (decoded.ok) {
      events.push(decoded.value.event);
      unknownFields += decoded.value.unknownFields;
    } else failures.push({ position, ...decoded.refusal });
  }
  const [first] = failures;
  if (first) throw new NotifyFailure(first.code, summary(failures, inputs.length, isList));
  if (unknownFields > 0) deps.log.write('warn', 'unknown fields ignored', { unknownFields });
  return events;
}

async function attempt(
  deps: Dependencies,
  event: NotifyEvent,
  position: number,
): Promise<NotifyAnswer | Failure> {
  try {
    const outcome = await handleEvent(deps, event);
    if (outcome.ok) {
      deps.log.write('info', 'notified', { ...outcome.value });
      return outcome.value;
    }
    return { position, ...outcome.refusal };
  } catch (error) {
    const unavailable = error instanceof Unavailable;
    deps.log.write('error', 'event failed', { type: event.type, position, ...errorFields(error) });
    return unavailable
      ? { position, code: 'UNAVAILABLE', message: 'a dependency throttled or failed; repeat the event' }
      : { position, code: 'INTERNAL', message: 'a fault, described in the log of this invocation' };
  }
}

function left(position: number): Failure {
  return {
    position,
    code: 'UNAVAILABLE',
    message: 'left, because an earlier event of its conversation failed',
  };
}

function conversationOf(event: NotifyEvent): string {
  const id = event.type === 'conversation.created' ? event.conversation.id : event.conversationId;
  return `${event.hotelId}#${id}`;
}

function summary(failures: readonly Failure[], count: number, isList: boolean): string {
  if (!isList) return failures.map(({ message }) => message).join();
  const each = failures.map(({ position, code, message }) => `event ${position}: ${code} ${message}`);
  return `${failures.length} of ${count} events failed: ${each.join('; ')}`;
}
