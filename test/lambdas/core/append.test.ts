import { expect, it } from 'vitest';
import { append, nextUpdate, type Proposal } from '../../../lambdas/core/append.ts';
import { maximumRounds } from '../../../lambdas/core/contention.ts';
import type { Conversation } from '../../../lambdas/core/conversation.ts';
import { sendMessage } from '../../../lambdas/core/send-message.ts';
import { closed, notFound } from '../../../lambdas/core/refusals.ts';
import type { CommitOutcome } from '../../../lambdas/core/ports.ts';
import {
  connected,
  conversation,
  hotel,
  newHouse,
  no,
  notify,
  received,
  send,
  staff,
  upstream,
  yes,
  type House,
} from '../../support/house.ts';

const ref = { hotelId: hotel, conversationId: 'talk' };

function say(text: string, receipt?: string): Proposal {
  return {
    ref,
    ...(receipt === undefined ? {} : { receipt: { sender: 'staff#ana', key: receipt } }),
    decide(current, now) {
      if (current === undefined) return notFound;
      if (current.status === 'closed') return closed;
      const seq = current.head + 1;
      const updatedAt = nextUpdate(current, now);
      const entry = {
        seq,
        id: `m-${text}`,
        sender: { kind: 'staff', id: 'ana' },
        text,
        sentAt: updatedAt,
      } as const;
      return { kind: 'store', next: { ...current, head: seq, updatedAt }, entry };
    },
  };
}

async function withTalk(): Promise<House> {
  const at = newHouse();
  await conversation(at);
  at.trips.length = 0;
  return at;
}

it('takes two trips with the head unknown and one with it known', async () => {
  const cold = (await withTalk()).elsewhere();
  await append(cold, say('one', 'r1'));
  expect(unique(cold.trips)).toEqual(['read', 'commit']);
  cold.trips.length = 0;
  await append(cold, say('two', 'r2'));
  expect(unique(cold.trips)).toEqual(['commit']);
});

it('tries at once with the true head when the one it remembered is old', async () => {
  const warm = await withTalk();
  const other = warm.elsewhere();
  await append(warm, say('one'));
  await append(other, say('two'));
  warm.trips.length = 0;
  expect(await append(warm, say('three'))).toMatchObject({ kind: 'stored', entry: { seq: 3 } });
  expect(warm.trips).not.toContain('read');
  expect(warm.world.sleeps).toEqual([]);
});

it('never refuses on what it merely remembers', async () => {
  const warm = await withTalk();
  const other = warm.elsewhere();
  await notify(other, upstream('closed', 'e1'));
  await notify(warm, received('wakes'));
  await notify(other, upstream('closed', 'e2'));
  await notify(warm.elsewhere(), upstream('reopened', 'e3'));
  // `other` remembers a closed conversation that is open by now, `warm` an open one.
  expect(await append(other, say('hello'))).toMatchObject({ kind: 'stored' });
});

it('gives the refusal when the true state gives it too', async () => {
  const warm = await withTalk();
  await notify(warm.elsewhere(), upstream('closed', 'e1'));
  expect(await append(warm, say('hello'))).toEqual(closed);
  expect(
    await append(warm.elsewhere(), { ...say('hello'), ref: { ...ref, conversationId: 'none' } }),
  ).toEqual(notFound);
});

it('answers what was stored before as a duplicate, though it would be refused today', async () => {
  const at = await withTalk();
  await append(at, say('one', 'r1'));
  await notify(at, upstream('closed', 'e1'));
  expect(await append(at, say('one', 'r1'))).toEqual({ kind: 'duplicate', seq: 1 });
  expect(await append(at.elsewhere(), say('one', 'r1'))).toEqual({ kind: 'duplicate', seq: 1 });
});

it('numbers fifty proposals of as many functions without a hole', async () => {
  const at = await withTalk();
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      for (;;) {
        const outcome = await append(at.elsewhere(), say(String(index), `r${index}`));
        if (outcome.kind !== 'refused') return outcome.kind;
        expect(no(outcome)).toBe('UNAVAILABLE');
      }
    }),
  );
  expect(new Set(outcomes)).toEqual(new Set(['stored']));
  const { entries } = await at.conversations.page(ref, { kind: 'newest', limit: 100 });
  expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  expect(new Set(entries.map(({ text }) => text)).size).toBe(50);
});

it('takes ten parallel sends without an error to anyone', async () => {
  const at = await withTalk();
  const ana = await connected(at);
  const replies = await Promise.all(
    Array.from({ length: 10 }, (_, index) => sendMessage(at.elsewhere(), ana, send(`m${index}`))),
  );
  const seqs = replies.map((reply) => yes(reply).seq);
  expect(seqs.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

it.each<[string, (current: Conversation) => CommitOutcome]>([
  ['moved', (current) => ({ kind: 'moved', conversation: current })],
  ['contended', () => ({ kind: 'contended' })],
])(
  'gives up as UNAVAILABLE after 20 rounds lost to others (%s), with waits that grow',
  async (_, outcome) => {
    const at = await withTalk();
    const current = await at.conversations.read(ref);
    let commits = 0;
    at.conversations.commit = () => {
      commits++;
      if (current === undefined) throw new Error('no conversation');
      return Promise.resolve(outcome(current));
    };
    expect(no(refusedOf(await append(at.elsewhere(), say('hello'))))).toBe('UNAVAILABLE');
    expect(commits).toBe(maximumRounds);
    const { sleeps } = at.world;
    expect(sleeps.length).toBe(maximumRounds - 1);
    expect(sleeps.toSorted((one, other) => one - other)).toEqual(sleeps);
    expect(sleeps.at(-1)).toBeGreaterThan(sleeps[0] ?? Infinity);
    expect(sleeps.reduce((sum, each) => sum + each, 0)).toBeLessThan(5000);
  },
);

it('lets a failing store be a failing store', async () => {
  const at = await withTalk();
  at.down.add('commit');
  await expect(append(at, say('hello'))).rejects.toThrow('commit is down');
});

it('moves updatedAt forward though the clock goes back', async () => {
  const at = await withTalk();
  const ana = staff(at);
  const first = yes(await sendMessage(at, ana, send('m1')));
  at.world.advance(-600_000);
  const second = yes(await sendMessage(at.elsewhere(), ana, send('m2')));
  expect(second.sentAt > first.sentAt).toBe(true);
  expect((await at.conversations.read(ref))?.updatedAt).toBe(second.sentAt);
});

function unique(trips: readonly string[]): string[] {
  return [...new Set(trips)];
}

function refusedOf(outcome: Awaited<ReturnType<typeof append>>) {
  if (outcome.kind !== 'refused') throw new Error(`not refused but ${outcome.kind}`);
  return outcome;
}
