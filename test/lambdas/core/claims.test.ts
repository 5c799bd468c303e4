import { expect, it } from 'vitest';
import { readClaims } from '../../../lambdas/core/claims.ts';

const now = new Date('2026-11-23T09:30:00.000Z');
const seconds = now.getTime() / 1000;
const day = 24 * 3600;
const names = { hotel: 'hotel_id', departments: 'departments', name: 'name', role: 'role' };
const good = {
  sub: 'ana',
  hotel_id: 'grand',
  departments: ['front-desk'],
  iat: seconds - 10,
  exp: seconds + 3600,
};

function read(given: object, without?: keyof typeof good) {
  const claims: Record<string, unknown> = { ...good, ...given };
  if (without !== undefined) delete claims[without];
  return readClaims(claims, names, now);
}

/** Departments that the claim gives, and how many it gives in vain. */
function departments(claim: unknown): unknown {
  const claims = read({ departments: claim });
  return claims.ok ? [...claims.identity.departments, claims.departmentsIgnored] : claims.reason;
}

it('reads who, where and until when', () => {
  expect(read({ name: 'Ana', role: 'manager' })).toEqual({
    ok: true,
    identity: {
      hotelId: 'grand',
      userId: 'ana',
      name: 'Ana',
      role: 'manager',
      departments: ['front-desk'],
      tokenExpiresAt: seconds + 3600,
    },
    departmentsIgnored: 0,
  });
});

it('reads the claims under the names that are configured', () => {
  const cognito = {
    hotel: 'custom:hotel_id',
    departments: 'cognito:groups',
    name: 'name',
    role: 'custom:role',
  };
  const claims = {
    ...good,
    hotel_id: 'evil',
    'custom:hotel_id': 'grand',
    'cognito:groups': ['spa'],
    'custom:role': 'manager',
  };
  expect(readClaims(claims, cognito, now)).toMatchObject({
    identity: { hotelId: 'grand', departments: ['spa'], role: 'manager' },
  });
});

it.each<[string, unknown, unknown]>([
  ['a list', ['front-desk', 'spa'], ['front-desk', 'spa', 0]],
  ['one text with spaces', 'front-desk spa', ['front-desk', 'spa', 0]],
  ['one text with commas', 'front-desk,spa', ['front-desk', 'spa', 0]],
  ['one text with both', ' front-desk ,  spa, ', ['front-desk', 'spa', 0]],
  ['one text with one', 'spa', ['spa', 0]],
  ['an empty text', '', [0]],
  ['nothing', undefined, [0]],
  ['null', null, [0]],
  ['an empty list', [], [0]],
  ['an empty list as text', '[]', [0]],
  ['a number', 7, ['7', 0]],
  ['a list of numbers', [7, 8], ['7', '8', 0]],
  ['a list as JSON text', '["front-desk","spa"]', ['front-desk', 'spa', 0]],
  ['a list as JSON text with blanks', ' [ "front-desk" , 7 ]\n', ['front-desk', '7', 0]],
  ['a bare list in brackets', '[front-desk spa]', ['front-desk', 'spa', 0]],
  ['a bare list in brackets with commas', '[front-desk, spa]', ['front-desk', 'spa', 0]],
  ['one in brackets', '[spa]', ['spa', 0]],
  ['repeated ones once', ['spa', 'spa', '/spa', 7, '7'], ['spa', '7', 0]],
  ['the paths of groups', ['/front-desk', '/spa'], ['front-desk', 'spa', 0]],
  ['one text with paths of groups', '/front-desk, /spa', ['front-desk', 'spa', 0]],
  ['paths of which some are deeper', ['/spa', '/grand/bar', '//bar', '/', '/.bar'], ['spa', 4]],
  ['ids with a slash within', ['grand/spa'], ['grand/spa', 0]],
  ['some that are no ids', ['spa', 'two words', '', '#', 0.5, null, ['bar'], 'a\u0000'], ['spa', 7]],
  ['a text with one that is no id', 'spa,#', ['spa', 1]],
])('takes departments as %s', (_, claim, expected) => {
  expect(departments(claim)).toEqual(expected);
});

it.each<[string, unknown]>([
  ['an object', { spa: true }],
  ['a truth', true],
  ['a JSON text of an object', '{"spa":true}'],
  ['a text without an id', '#'],
  ['a list without an id', ['two words', '']],
  ['deeper paths of groups', ['/grand/spa']],
  ['a list in a list', [['spa']]],
  ['a list in a list as text', '[["spa"]]'],
  ['a number that is no whole one', 1.5],
  ['a number beyond the safe ones', 2 ** 53],
])('refuses departments that are %s, instead of showing nothing to their bearer', (_, claim) => {
  const claims = read({ departments: claim });
  expect(claims.ok ? 'accepted' : claims.reason).toMatch(
    /^(nothing in departments is an id|departments is neither a list of ids nor a text that holds one)$/,
  );
});

it('lets a manager in whose departments are no ids, since a manager sees the whole hotel', () => {
  expect(read({ departments: ['Réception'], role: 'manager' })).toMatchObject({
    identity: { departments: [] },
    departmentsIgnored: 1,
  });
});

it('takes a hotel that is a whole number for the same id as text', () => {
  expect(read({ hotel_id: 42 })).toMatchObject({ identity: { hotelId: '42' } });
  for (const hotel of [1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, true]) {
    expect(read({ hotel_id: hotel })).toEqual({ ok: false, reason: 'hotel_id is no id' });
  }
});

it('takes fractions of seconds, and no more time than they give', () => {
  expect(read({ iat: seconds - 9.25, exp: seconds + 60.75 })).toMatchObject({
    identity: { tokenExpiresAt: seconds + 60 },
  });
  expect(read({ iat: seconds + 30.5 }).ok).toBe(false);
  expect(read({ iat: seconds - 0.5, exp: seconds + day + 30 }).ok).toBe(false);
});

it('takes the first 64 departments and counts the others', () => {
  const all = Array.from({ length: 70 }, (_, index) => `d${index}`);
  expect(departments(all)).toEqual([...all.slice(0, 64), 6]);
});

it.each<[string, object, keyof typeof good | undefined]>([
  ['no sub', {}, 'sub'],
  ['an empty sub', { sub: '' }, undefined],
  ['a sub with NUL', { sub: 'a\u0000' }, undefined],
  ['a sub with a direction mark', { sub: 'a\u202e' }, undefined],
  ['a sub with #', { sub: 'a#b' }, undefined],
  ['a sub that is a number', { sub: 7 }, undefined],
  ['a sub of 161 characters', { sub: 'a'.repeat(161) }, undefined],
  ['no hotel', {}, 'hotel_id'],
  ['a hotel with #', { hotel_id: 'grand#spa' }, undefined],
  ['a list of hotels', { hotel_id: ['grand'] }, undefined],
  ['no exp', {}, 'exp'],
  ['no iat', {}, 'iat'],
  ['an exp that is a text', { exp: String(seconds + 60) }, undefined],
  ['an exp of 1e308', { exp: 1e308 }, undefined],
  ['an exp of -1e308', { exp: -1e308 }, undefined],
  ['an iat of 1e308', { iat: 1e308 }, undefined],
  ['an iat of -1e308', { iat: -1e308 }, undefined],
  ['times that are both out of range', { iat: 1e308, exp: 1e308 }, undefined],
  ['an exp that passed more than 30 seconds ago', { exp: seconds - 31 }, undefined],
  ['a life of more than 24 hours and 30 seconds', { iat: seconds, exp: seconds + day + 31 }, undefined],
  ['a life that began a month ago', { iat: seconds - 30 * day }, undefined],
  ['a life that began in 1970', { iat: 0 }, undefined],
  ['an iat more than 30 seconds ahead', { iat: seconds + 31 }, undefined],
  ['an nbf more than 30 seconds ahead', { nbf: seconds + 31 }, undefined],
  ['an nbf of 1e308', { nbf: 1e308 }, undefined],
  ['an nbf that is a text', { nbf: String(seconds) }, undefined],
])('refuses %s', (_, given, without) => {
  expect(read(given, without).ok).toBe(false);
});

it('accepts the borders of its times', () => {
  expect(read({ exp: seconds + 1 }).ok).toBe(true);
  expect(read({ exp: seconds - 30 }).ok).toBe(true);
  expect(read({ iat: seconds + 30 }).ok).toBe(true);
  expect(read({ nbf: seconds + 30 }).ok).toBe(true);
  expect(read({ nbf: -1e308 }).ok).toBe(true);
  expect(read({ iat: seconds - 3600, exp: seconds - 3600 + day + 30 }).ok).toBe(true);
});

it.each([-30, -25, -5, 0, 5, 25, 30])(
  'accepts a token of exactly 24 hours from an issuer whose clock is %i s ahead',
  (ahead) => {
    const iat = seconds + ahead;
    expect(read({ iat, exp: iat + day })).toMatchObject({ identity: { tokenExpiresAt: iat + day } });
  },
);

it('makes a manager of the exact word only', () => {
  for (const role of ['Manager', 'admin', ['manager'], true, undefined]) {
    expect(read({ role })).toMatchObject({ identity: { role: 'staff' } });
  }
});

it('leaves out a name that is no text to show', () => {
  for (const name of ['', ' ', '\u200b', '\u2800', 'a'.repeat(129), 'a\u0000', 'a\ud800', 7, null]) {
    expect(read({ name })).not.toHaveProperty('identity.name');
  }
});

it("makes a name fit for the rows that it stands in, as a guest's", () => {
  expect(read({ name: '\u202eAna\nof\u2067 Spa' })).toMatchObject({ identity: { name: 'Ana of Spa' } });
});

it('takes nothing that a claim set only inherits', () => {
  const inherited = { __proto__: { ...good, hotel_id: 'evil' } };
  expect(readClaims(inherited, names, now).ok).toBe(false);
  const { hotel_id: _, ...rest } = good;
  const own: object = Object.fromEntries<unknown>([
    ['__proto__', { hotel_id: 'evil' }],
    ...Object.entries(rest),
  ]);
  expect(Object.hasOwn(own, '__proto__')).toBe(true);
  expect(readClaims(own, names, now).ok).toBe(false);
});

it("gives no reason that shows a claim's value", () => {
  const canary = 'canary value';
  for (const given of [{ sub: canary }, { hotel_id: canary }, { exp: canary }, { iat: canary }]) {
    expect(JSON.stringify(read(given))).not.toContain(canary);
  }
});

it('refuses the name that entries of upstream bear', () => {
  expect(readClaims({ ...good, sub: 'upstream' }, names, now).ok).toBe(false);
});
