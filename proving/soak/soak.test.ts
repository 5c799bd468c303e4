import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../lambdas/adapters/dynamodb/keys.ts';
import { clientBugs } from '../simulation/bugs/client.ts';
import { plannedKinds, type PlannedFault } from './faults/kinds.ts';
import { paceOf, type RoundPlan } from './round/crew.ts';
import { Service } from './service.ts';
import { soakOnce, type SoakDependencies, type Soaked } from './soak.ts';

const plan: RoundPlan = {
  seed: 1,
  seconds: 12,
  clients: 10,
  hotels: 2,
  conversations: 2,
  managers: 0.15,
  pauseMs: 2000,
  upstreamPauseMs: 2000,
  pace: { ...paceOf(10, 12), rotateAfterMs: 6000, rotateBeforeMs: 12_000 },
};

/** One team, which works until everybody has seen enough. */
const team: RoundPlan = { ...plan, seconds: 120, clients: 4, hotels: 1, managers: 1, pauseMs: 1000 };
const enoughDeliveries = 60;

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

function soak(name: string, how: RoundPlan, more: Partial<SoakDependencies>): Promise<Soaked> {
  const { signal } = new AbortController();
  const { signingKey } = service;
  return soakOnce(how, { service, signingKey, name, signal, ...more });
}

function soakTeam(name: string, more: Partial<SoakDependencies>): Promise<Soaked> {
  const enough: SoakDependencies['enough'] = ({ screens }) => screens.deliveries >= enoughDeliveries;
  return soak(name, team, { kinds: networkFaults, enough, ...more });
}

const seen = ({ violations }: Soaked): string[] => [...new Set(violations.map(({ invariant }) => invariant))];

describe('the checker on real sockets', () => {
  it('finds nothing wrong while everything goes wrong, the service killed among it', async () => {
    const soaked = await soak('everything', plan, { owned: service, kinds: plannedKinds });
    expect(soaked.violations).toEqual([]);
    const faults = new Map(soaked.outcome.faults);
    for (const restart of ['service stopped and started', 'service killed and started']) {
      expect(faults.get(restart)).toBe(1);
    }
    expect(soaked.outcome.counts.deliveries).toBeGreaterThan(0);
  }, 300_000);

  it.concurrent.each([
    ['says that it has caught up when it knows the head', 'S5'],
    ['takes its number from the wrong message', 'S4'],
  ])(
    'sees a client that %s',
    async (name, invariant) => {
      const bug = clientBugs.find((each) => each.name === name)?.bug;
      expect(seen(await soakTeam(name.replaceAll(' ', '-'), { bug: bug ?? {} }))).toContain(invariant);
    },
    300_000,
  );

  it.concurrent(
    'sees that the table has lost what it had acknowledged',
    async () => {
      const tampered = await soakTeam('lost', {
        tamper: async (table, [hotel = '']) => table.remove(keys.entry(hotel, 'talk-1', 1)),
      });
      expect(seen(tampered)).toContain('S1');
    },
    300_000,
  );
});
