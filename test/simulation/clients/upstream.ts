import type { NotifyEvent } from '../../../protocol/notify.ts';
import type { Faults } from '../faults.ts';
import { fieldsOf } from '../history/frames.ts';
import type { History } from '../history/history.ts';
import { hash, type Random } from '../kernel/random.ts';
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

  notify(event: NotifyEvent): void {
    void this.#deliver(event);
  }

  /** As an operator does after an alarm. */
  async redrive(): Promise<void> {
    for (const again of this.#failureQueue.splice(0)) await again();
  }

  async #deliver(event: NotifyEvent): Promise<void> {
    const { history, random } = this.#deps;
    const op = ++this.#counters.operations;
    const facts = { f: 'notify', op, hotel: event.hotelId, ...factsOf(event) } as const;
    history.add({ ...facts, type: 'invoke' });
    this.underWay++;
    const attempt = async (): Promise<boolean> => {
      const invoked = await this.#deps.fleet.invoke('notify', event, event.hotelId);
      if (invoked.kind === 'answered') {
        const seq = fieldsOf(invoked.value)['seq'];
        history.add({ ...facts, type: 'ok', ...(typeof seq === 'number' ? { seq } : {}) });
        return true;
      }
      const code = invoked.kind === 'threw' ? invoked.error.name : 'DIED';
      if (code !== 'CONFLICT' && code !== 'BAD_REQUEST') return false;
      history.add({ ...facts, type: 'fail', err: code });
      return true;
    };
    const done = random.chance(0.5)
      ? await this.#synchronously(attempt)
      : await this.#asynchronously(attempt);
    this.underWay--;
    if (done) return;
    history.add({ ...facts, type: 'info', err: 'GIVEN_UP' });
    this.#failureQueue.push(async () => void (await attempt()));
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

/** What the history says of an event. */
export function factsOf(event: NotifyEvent): { conv: string; msgId: string; bodyHash: number; kind: string } {
  const kind = event.type;
  if (event.type === 'conversation.created') {
    const { id } = event.conversation;
    return { kind, conv: id, msgId: event.message?.id ?? '', bodyHash: hash(event.message?.text ?? '') };
  }
  const conv = event.conversationId;
  return event.type === 'message.received'
    ? { kind, conv, msgId: event.message.id, bodyHash: hash(event.message.text) }
    : { kind, conv, msgId: event.eventId, bodyHash: hash('') };
}
