import { expect, inject, it } from 'vitest';
import { loadSigningKey } from '../../dev/issuer/signing-key.ts';
import { rotationsIn } from '../simulation/circumstances.ts';
import { paceOf } from '../soak/round/crew.ts';
import { soakOnce } from '../soak/soak.ts';

const wanted = 50;

it(`${wanted} connections that are replaced under load lose nothing and show nothing twice`, async () => {
  const addresses = inject('service');
  const { dataDirectory } = addresses;
  const { violations, outcome } = await soakOnce(
    {
      seed: 1,
      seconds: 240,
      clients: 6,
      hotels: 1,
      conversations: 2,
      managers: 0.5,
      pauseMs: 700,
      upstreamPauseMs: 700,
      pace: { ...paceOf(6, 240), rotateAfterMs: 1000, rotateBeforeMs: 2000, overlapMs: 700 },
    },
    {
      service: { addresses, dataDirectory },
      signingKey: await loadSigningKey(dataDirectory),
      name: 'rotations',
      kinds: [],
      signal: new AbortController().signal,
      enough: ({ history }) => rotationsIn(history.lines) >= wanted,
    },
  );
  expect(violations).toEqual([]);
  const { rotations, deliveries } = outcome.counts;
  process.stdout.write(`${rotations} connections replaced, ${deliveries} deliveries\n`);
  expect(rotations).toBeGreaterThanOrEqual(wanted);
  expect(deliveries).toBeGreaterThan(wanted);
}, 600_000);
