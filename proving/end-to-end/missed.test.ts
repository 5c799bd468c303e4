import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { loadSigningKey } from '../../dev/issuer/signing-key.ts';
import { missAndResume } from '../soak/missed.ts';

/** `npm run prove` tries 10,000. */
const missed = 2000;

it(`a client that was away shows ${missed} messages that it missed, each once and in order, as a full read has them`, async () => {
  const addresses = inject('service');
  const { dataDirectory } = addresses;
  const { shownMeanwhile, shown, stored } = await missAndResume(missed, {
    service: { addresses, dataDirectory },
    signingKey: await loadSigningKey(dataDirectory),
    hotelId: `hotel-${randomUUID()}`,
    signal: new AbortController().signal,
  });
  expect(shownMeanwhile).toBe(0);
  expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: missed + 1 }, (_, index) => index + 1));
  expect(shown).toEqual(stored);
}, 300_000);
