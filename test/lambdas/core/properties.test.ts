import * as fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { readClaims } from '../../../lambdas/core/claims.ts';
import { readCursor, writeCursor } from '../../../lambdas/core/cursor.ts';
import { fit } from '../../../lambdas/core/log.ts';
import { Pool } from '../../../lambdas/core/pool.ts';
import { clean, preview } from '../../../lambdas/core/text.ts';
import { byteLength } from '../../../protocol/codec.ts';
import { limits } from '../../../protocol/limits.ts';

const anyId = fc.stringMatching(/^[A-Za-z0-9_+-][A-Za-z0-9._:@+=/|~-]{0,159}$/);
const question = fc.record({
  department: fc.oneof(fc.constant(undefined), fc.constant(null), anyId),
  status: fc.constantFrom('open' as const, 'closed' as const),
});
const position = fc.record({
  updatedAt: fc
    .date({ min: new Date('1970-01-01'), max: new Date('9999-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  conversationId: anyId,
});

it('reads a cursor back as the position it was written for', () => {
  fc.assert(
    fc.property(question, position, (asked, at) => {
      const cursor = writeCursor(asked, at);
      expect(readCursor(cursor, asked)).toEqual(at);
      expect(cursor.length).toBeLessThanOrEqual(limits.cursorUnits);
    }),
  );
});

it('writes no cursor that is too long to be sent back, for the longest ids', () => {
  const widest = 'x'.repeat(limits.idUnits);
  const at = { updatedAt: '2026-11-23T09:30:00.000Z', conversationId: widest };
  const cursor = writeCursor({ department: widest, status: 'closed' }, at);
  expect(cursor).toHaveLength(472);
  expect(limits.cursorUnits).toBeGreaterThanOrEqual(472);
});

it('reads a cursor for its own question only', () => {
  fc.assert(
    fc.property(question, question, position, (asked, other, at) => {
      fc.pre(
        JSON.stringify([asked.department ?? asked.department === null, asked.status]) !==
          JSON.stringify([other.department ?? other.department === null, other.status]),
      );
      expect(readCursor(writeCursor(asked, at), other)).toBeUndefined();
    }),
  );
});

it('reads any text as a cursor without throwing, and never as a position that is none', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.string().map((raw) => btoa(encodeURI(raw))),
  );
  fc.assert(
    fc.property(text, question, (cursor, asked) => {
      const read = readCursor(cursor, asked);
      expect(read === undefined || writeCursor(asked, read) === btoa(atob(cursor))).toBe(true);
    }),
  );
});

it('fits as many whole items as there is room for, from the start, and never more bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 50 })), fc.nat(2000), (items, bytes) => {
      const kept = fit(items, bytes);
      expect(kept).toEqual(items.slice(0, kept.length));
      expect(byteLength(kept.map((item) => JSON.stringify(item)).join())).toBeLessThanOrEqual(bytes);
      const next = items[kept.length];
      if (next !== undefined)
        expect(
          byteLength([...kept, next].map((item) => `${JSON.stringify(item)},`).join('')),
        ).toBeGreaterThan(bytes);
    }),
  );
});

it('looks at no more than sixteen times of what it keeps of a text, and says that it was cut', () => {
  const mend = vi.spyOn(String.prototype, 'toWellFormed');
  try {
    expect(clean('ab'.repeat(500_000), 100)).toEqual({ text: 'ab'.repeat(50), truncated: true });
    expect(clean('\u0000'.repeat(1_000_000), 100)).toEqual({ text: '', truncated: true });
    expect(mend.mock.contexts.map((text) => String(text).length)).toEqual([1600, 1600]);
  } finally {
    mend.mockRestore();
  }
});

it('cleans any text into one that may be shown, and leaves a clean one alone', () => {
  const units = fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(units, fc.integer({ min: 1, max: 40 }), (text, most) => {
      const cleaned = clean(text, most);
      expect(cleaned.text.isWellFormed()).toBe(true);
      expect(cleaned.text.length).toBeLessThanOrEqual(most);
      expect(clean(cleaned.text, most)).toEqual({ text: cleaned.text, truncated: false });
      expect(preview(cleaned.text).isWellFormed()).toBe(true);
    }),
  );
});

it('runs every task of a pool once, never more than its size at once, whatever fails', () =>
  fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.boolean(), { maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      async (scheduler, fails, size) => {
        const pool = new Pool(size);
        let [underWay, peak] = [0, 0];
        const tasks = fails.map((fail) =>
          pool.run(async () => {
            peak = Math.max(peak, ++underWay);
            await scheduler.schedule(Promise.resolve());
            underWay--;
            if (fail) throw new Error('failed');
          }),
        );
        const outcomes = await scheduler.waitFor(Promise.allSettled(tasks));
        expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(fails);
        expect(peak).toBe(Math.min(size, fails.length));
      },
    ),
  ));

const now = new Date('2026-11-23T09:30:00.000Z');
const seconds = now.getTime() / 1000;
const names = { hotel: 'hotel_id', departments: 'departments', name: 'name', role: 'role' };
/** Near the limits, at the ends of what a number can be, and anything at all. */
const time = fc.oneof(
  fc.integer({ min: -100_000, max: 100_000 }).map((ahead) => seconds + ahead),
  fc.double({ min: seconds - 100_000, max: seconds + 100_000 }),
  fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, 2 ** 53, -(2 ** 53), Number.NaN, Number.POSITIVE_INFINITY),
  fc.double(),
  fc.jsonValue(),
);
const claim = fc.oneof(anyId, fc.string({ unit: 'binary' }), fc.jsonValue(), fc.json(), fc.double());

it('reads any claims without throwing, and takes none that live too long, too early or too late', () => {
  const claims = fc.record(
    {
      sub: claim,
      hotel_id: claim,
      departments: fc.oneof(claim, fc.array(claim)),
      iat: time,
      exp: time,
      nbf: time,
    },
    { requiredKeys: ['sub', 'hotel_id', 'iat', 'exp'] },
  );
  const likely = fc.record({ sub: anyId, hotel_id: anyId, iat: time, exp: time });
  fc.assert(
    fc.property(fc.oneof(likely, claims), (given) => {
      const read = readClaims(given, names, now);
      if (!read.ok) return;
      const { hotelId, userId, departments, tokenExpiresAt } = read.identity;
      for (const id of [hotelId, userId, ...departments]) expect(id).toMatch(/^[A-Za-z0-9_+-][^# ]{0,127}$/);
      expect(Number(given.exp) - Number(given.iat)).toBeLessThanOrEqual(24 * 3600 + 30);
      expect(Number(given.iat)).toBeLessThanOrEqual(seconds + 30);
      expect(tokenExpiresAt).toBeGreaterThanOrEqual(seconds - 30);
      expect(tokenExpiresAt).toBeLessThanOrEqual(Number(given.exp));
    }),
    { numRuns: 2000 },
  );
});

it('reads departments alike as a list, as its JSON text, and bare with or without brackets', () => {
  const good = { sub: 'ana', hotel_id: 'grand', iat: seconds, exp: seconds + 60 };
  const read = (departments: unknown) => readClaims({ ...good, departments }, names, now);
  fc.assert(
    fc.property(fc.uniqueArray(anyId, { minLength: 1, maxLength: 64 }), (departments) => {
      const expected = { ok: true, identity: { departments }, departmentsIgnored: 0 };
      expect(read(departments)).toMatchObject(expected);
      expect(read(JSON.stringify(departments))).toMatchObject(expected);
      expect(read(departments.join(','))).toMatchObject(expected);
      expect(read(departments.join(' '))).toMatchObject(expected);
      expect(read(`[${departments.join(', ')}]`)).toMatchObject(expected);
    }),
  );
});
