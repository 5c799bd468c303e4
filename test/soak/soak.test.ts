import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../lambdas/contract/table.ts';
import { clientBugs } from '../simulation/bugs/client.ts';
import { plannedKinds, type PlannedFault } from './faults/kinds.ts';
import { paceOf, type RoundPlan } from './round/crew.ts';
import { Service } from './service.ts';
import { soakOnce, type SoakDependencies, type Soaked } from './soak.ts';

const plan: RoundPlan = {
  seed: 1,
  seconds: 12,
  clients: 12,
  hotels: 2,
  conversations: 3,
  pauseMs: 2000,
  upstreamPauseMs: 1500,
  pace: { ...paceOf(12), rotateAfterMs: 6000, rotateBeforeMs: 12_000 },
};

/** What one client's network does, and nothing else. */
const networkFaults: readonly PlannedFault[] = ['socket reset', 'network stalled'];

let folder: string;
let service: Service;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lobbybee-soak-'));
  service = await Service.start(folder, () => undefined);
});
afterAll(async () => {
  await service.stop();
  expect(await readdir(folder)).not.toContain('running.json');
  await rm(folder, { recursive: true, force: true });
});

function soak(name: string, more: Partial<SoakDependencies>): Promise<Soaked> {
  const { signal } = new AbortController();
  const { signingKey } = service;
  return soakOnce(plan, { service, signingKey, name, signal, kinds: networkFaults, ...more });
}

const seen = ({ violations }: Soaked): string[] => [...new Set(violations.map(({ invariant }) => invariant))];

describe('the checker on real sockets', () => {
  it('finds nothing wrong while everything goes wrong, the service killed among it', async () => {
    const soaked = await soak('everything', { owned: service, kinds: plannedKinds });
    expect(soaked.violations).toEqual([]);
    const faults = new Map(soaked.outcome.faults);
    for (const restart of ['service stopped and started', 'service killed and started']) {
      expect(faults.get(restart)).toBe(1);
    }
    expect(soaked.outcome.counts.deliveries).toBeGreaterThan(0);
  }, 300_000);

  it.concurrent.each([
    ['shows what comes twice twice', 'S3'],
    ['moves its cursor before it shows', 'S5'],
    ['says that it has caught up when it knows the head', 'S5'],
    ['takes a message for stored that it never sent', 'S1'],
  ])(
    'sees a client that %s',
    async (name, invariant) => {
      const bug = clientBugs.find((each) => each.name === name)?.bug;
      expect(seen(await soak(name.replaceAll(' ', '-'), { bug: bug ?? {} }))).toContain(invariant);
    },
    300_000,
  );

  it.concurrent(
    'sees that the table has lost what it had acknowledged',
    async () => {
      const tampered = await soak('lost', {
        tamper: async (table, [hotel = '']) => table.remove(keys.entry(hotel, 'talk-1', 1)),
      });
      expect(seen(tampered)).toContain('S1');
    },
    300_000,
  );
});
