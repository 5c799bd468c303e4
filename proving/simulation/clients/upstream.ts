import type { NotifyInput } from '../../../protocol/notify.ts';
import type { Faults } from '../faults.ts';
import { fieldsOf } from '../history/frames.ts';
import type { Facts, History } from '../history/history.ts';
import { hash, type Random } from '../kernel/random.ts';
import { isOdd, wantedOf } from '../upstream-events.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { Fleet } from '../lambda/fleet.ts';
import type { Counters } from './tab.ts';

export interface UpstreamDependencies {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  readonly history: History;
  readonly fleet: Fleet;
}

/** What Lambda does about an asynchronous event that failed. */
const retryMilliseconds = [60_000, 120_000];

/**
 * The routing Lambdas of one hotel. Each event is invoked synchronously and repeated by its caller, or asynchronously,
 * repeated by Lambda, and redriven from the failure queue at the end.
 */
export class Upstream {
  readonly #deps: UpstreamDependencies;
  readonly #counters: Counters;
  readonly #failureQueue: (() => Promise<void>)[] = [];
  /** Events that are neither answered nor in the failure queue. */
  underWay = 0;

  constructor(deps: UpstreamDependencies, counters: Counters) {
    this.#deps = deps;
    this.#counters = counters;
  }

  /** Tells of one event, or of a list of them in one invocation. */
  notify(...events: readonly NotifyInput[]): void {
    void this.#deliver(events);
  }

  /** As an operator does after an alarm. */
  async redrive(): Promise<void> {
    for (const again of this.#failureQueue.splice(0)) await again();
  }

  async #deliver(events: readonly NotifyInput[]): Promise<void> {
    const { history, random, scheduler } = this.#deps;
    const facts = events.map((event) => {
      const op = ++this.#counters.operations;
      return { f: 'notify', op, hotel: event.hotelId, ...factsOf(event, scheduler.now) } as const;
    });
    for (const each of facts) history.add({ ...each, type: 'invoke' });
    this.#countWhatIsOdd(events);
    this.underWay++;
    const attempt = (): Promise<boolean> => this.#attempt(events, facts);
    const done = random.chance(0.5)
      ? await this.#synchronously(attempt)
      : await this.#asynchronously(attempt);
    this.underWay--;
    if (done) return;
    for (const each of facts) history.add({ ...each, type: 'info', err: 'GIVEN_UP' });
    this.#failureQueue.push(async () => void (await attempt()));
  }

  /** Whether there was a definite answer. */
  async #attempt(events: readonly NotifyInput[], facts: readonly OperationFacts[]): Promise<boolean> {
    const { fleet, history, faults } = this.#deps;
    const [first] = events;
    if (first === undefined) return true;
    const invoked = await fleet.invoke('notify', events.length === 1 ? first : events, first.hotelId);
    if (invoked.kind === 'answered') {
      const answers: readonly unknown[] = Array.isArray(invoked.value) ? invoked.value : [invoked.value];
      for (const [at, each] of facts.entries()) {
        const { seq, stale } = fieldsOf(answers[at]);
        history.add({ ...each, type: 'ok', ...(typeof seq === 'number' ? { seq } : {}) });
        if (stale === true && each.kind === 'conversation.closed') faults.count('closing stale', each.conv);
      }
      return true;
    }
    const code = invoked.kind === 'threw' ? invoked.error.name : 'DIED';
    if (code !== 'CONFLICT' && code !== 'BAD_REQUEST') return false;
    if (code === 'CONFLICT') faults.count('event id used for two things', first.type);
    for (const each of facts) history.add({ ...each, type: 'fail', err: code });
    return true;
  }

  #countWhatIsOdd(events: readonly NotifyInput[]): void {
    const { faults, scheduler } = this.#deps;
    for (const event of events) {
      const { age } = factsOf(event, scheduler.now);
      if (age !== undefined && age < 0) faults.count("upstream's clock ahead", event.type);
      if (attachmentsOf(event).some(isOdd)) faults.count('attachment odd', event.type);
      if ('messageId' in event) faults.count('message edited or deleted', event.type);
      if ('guest' in event) faults.count('guest renamed', event.type);
    }
  }

  async #synchronously(attempt: () => Promise<boolean>): Promise<boolean> {
    const { scheduler, random } = this.#deps;
    for (let tried = 0; tried < 8; tried++) {
      if (await attempt()) return true;
      await scheduler.sleep(random.next() * Math.min(10_000, 200 * 2 ** tried));
    }
    return false;
  }

  async #asynchronously(attempt: () => Promise<boolean>): Promise<boolean> {
    const { scheduler, random, faults } = this.#deps;
    await scheduler.sleep(random.latency(20));
    if (faults.strikes('F2 asynchronous event delivered twice', 'notify')) {
      scheduler.after(random.between(0, 5000), () => void attempt());
    }
    if (await attempt()) return true;
    for (const wait of retryMilliseconds) {
      await scheduler.sleep(wait);
      faults.count('F2 asynchronous event tried again', 'notify');
      if (await attempt()) return true;
    }
    faults.count('F2 asynchronous event given up', 'notify');
    return false;
  }
}

function attachmentsOf(event: NotifyInput): readonly unknown[] {
  const given = 'message' in event ? event.message?.attachments : undefined;
  return Array.isArray(given) ? given : [];
}

export interface EventFacts extends Pick<Facts, 'wanted' | 'age'> {
  readonly kind: NotifyInput['type'];
  readonly conv: string;
  readonly msgId: string;
  readonly bodyHash: number;
}

type OperationFacts = Omit<Facts, 'type' | 'kind' | 'conv'> & EventFacts;

/** What the history says of an event that is invoked at `now`. */
export function factsOf(event: NotifyInput, now: number): EventFacts {
  const kind = event.type;
  const textHash = (message: { readonly text?: unknown } | undefined) =>
    hash(typeof message?.text === 'string' ? message.text : '');
  if (event.type === 'conversation.created') {
    const { conversation, message } = event;
    return { kind, conv: conversation.id, msgId: message?.id ?? '', bodyHash: textHash(message) };
  }
  const conv = event.conversationId;
  if (event.type === 'message.received') {
    return { kind, conv, msgId: event.message.id, bodyHash: textHash(event.message) };
  }
  const body = 'text' in event ? event : undefined;
  const age = typeof event.at === 'string' ? { age: now - Date.parse(event.at) } : {};
  return { kind, conv, msgId: event.eventId, bodyHash: textHash(body), wanted: wantedOf(event), ...age };
}
