import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConversationLog } from '../../client/conversation-log.ts';
import { messages, message } from './support/frames.ts';

const ignore = (): void => {};
const seqsOf = (given: readonly { seq: number }[]): number[] => given.map(({ seq }) => seq);

describe('a conversation’s log', () => {
  it('gives each message once and in order, whatever comes, in whatever order and however often', () => {
    const length = 30;
    const anyArrival = fc.array(fc.array(fc.integer({ min: 1, max: length }), { maxLength: 8 }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: length }), anyArrival, (since, arrivals) => {
        const log = new ConversationLog(since, 10);
        const given: number[] = [];
        for (const seqs of arrivals)
          given.push(
            ...seqsOf(
              log.take(
                seqs.map((seq) => message(seq)),
                ignore,
              ),
            ),
          );
        const newest = Math.max(since, ...arrivals.flat());
        // Whatever was dropped or never came is read from the history, page by page.
        while (log.incomplete) {
          const after = log.cursor ?? 0;
          given.push(...seqsOf(log.take(messages(after + 1, Math.min(after + 4, newest)), ignore)));
        }
        expect(given).toEqual(seqsOf(messages(since + 1, newest)));
      }),
    );
  });

  it('knows that something is missing as long as it is, and not longer', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 30 }), (arrivals) => {
        const log = new ConversationLog(0, 100);
        const seen = new Set<number>();
        for (const seq of arrivals) {
          log.take([message(seq)], ignore);
          seen.add(seq);
          const complete = Array.from({ length: Math.max(...seen) }, (_, n) => n + 1).every((n) =>
            seen.has(n),
          );
          expect(log.incomplete).toBe(!complete);
        }
      }),
    );
  });

  it('holds what comes before the first page, and starts with that page', () => {
    const log = new ConversationLog(undefined, 10);
    expect(log.take([message(9), message(8), message(3)], ignore)).toEqual([]);
    expect(seqsOf(log.start(messages(5, 7), 7))).toEqual([5, 6, 7, 8, 9]);
    expect(log.cursor).toBe(9);
  });

  it('starts behind an empty page', () => {
    const log = new ConversationLog(undefined, 10);
    expect(log.start([], 0)).toEqual([]);
    expect(seqsOf(log.take([message(1)], ignore))).toEqual([1]);
  });

  it('holds no more than its capacity, says so, and learns that the rest exists', () => {
    const log = new ConversationLog(0, 3);
    let dropped = 0;
    log.take(messages(2, 10), () => dropped++);
    expect(dropped).toBe(7);
    expect(seqsOf(log.take([message(1)], ignore))).toEqual([1, 2, 3]);
    expect(log.incomplete).toBe(true);
    const early = new ConversationLog(undefined, 3);
    early.take(messages(1, 5), () => dropped++);
    expect(dropped).toBe(9);
  });

  it('skips what is not stored any more, and says whether it did', () => {
    const log = new ConversationLog(2, 10);
    log.take([message(7)], ignore);
    expect(log.skipTo(3)).toBe(false);
    expect(log.skipTo(6)).toBe(true);
    expect(seqsOf(log.take([message(6)], ignore))).toEqual([6, 7]);
  });

  it('forgets everything when the server has, and starts anew', () => {
    const log = new ConversationLog(40, 100);
    log.take([message(45)], ignore);
    log.forget();
    expect(seqsOf(log.start(messages(1, 3), 3))).toEqual([1, 2, 3]);
    expect(log.incomplete).toBe(false);
    expect(log.take(messages(4, 44), ignore).at(-1)).toMatchObject({ seq: 44 });
    expect(log.cursor).toBe(44);
  });
});
