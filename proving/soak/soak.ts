import { check } from '../simulation/checker/checker.ts';
import type { Violation } from '../simulation/checker/violation.ts';
import type { ClientBug } from '../simulation/bugs/client.ts';
import type { Line } from '../simulation/history/history.ts';
import { countsIn, type SeedOutcome } from '../simulation/verdict/outcome.ts';
import type { Demands } from '../simulation/verdict/tally.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SigningKey } from '../../dev/issuer/signing-key.ts';
import { Chaos } from './faults/chaos.ts';
import { plannedKinds, soakFaults, type PlannedFault } from './faults/kinds.ts';
import { planFaults } from './faults/plan.ts';
import { FaultProxy } from './faults/proxy.ts';
import type { RoundPlan } from './round/crew.ts';
import { endQuietly, type EndOptions } from './round/quiet-end.ts';
import { Round } from './round/round.ts';
import type { Reachable, Service } from './service.ts';

export interface SoakDependencies extends Omit<EndOptions, 'healSeconds'> {
  readonly service: Reachable;
  readonly signingKey: SigningKey;
  /** The same service, where it may be stopped and its processes killed. */
  readonly owned?: Service;
  /** What the names of the hotels begin with. */
  readonly name: string;
  /** What may go wrong; everything that can unless said. */
  readonly kinds?: readonly PlannedFault[];
  readonly bug?: ClientBug['bug'];
  /** Called every few seconds. */
  readonly progress?: (round: Round) => void;
  /** The work ends before its time when this says so. */
  readonly enough?: (round: Round) => boolean;
}

/** What came of one round. */
export interface Soaked {
  readonly history: readonly Line[];
  readonly violations: readonly Violation[];
  readonly outcome: SeedOutcome;
}

const healSeconds = 180;
const progressMilliseconds = 5000;
const pollMilliseconds = 250;

/** People at work while things go wrong, then the quiet end, then the checker. Rejects when it is stopped. */
export async function soakOnce(plan: RoundPlan, deps: SoakDependencies): Promise<Soaked> {
  const { service } = deps;
  const proxy = await FaultProxy.start(() => {
    const { hostname: host, port } = new URL(service.addresses.websocket);
    return { host, port: Number(port) };
  });
  const round = new Round(plan, { ...deps, proxy });
  try {
    await work(round, proxy, plan, deps);
    await endQuietly(round, service.addresses, { ...deps, healSeconds });
  } finally {
    await round.leave();
    await proxy.stop();
  }
  return judge(round);
}

async function work(round: Round, proxy: FaultProxy, plan: RoundPlan, deps: SoakDependencies): Promise<void> {
  const { random, members, departments, faults: counts } = round;
  const milliseconds = plan.seconds * 1000;
  await round.begin(deps.signal);
  const chaos = new Chaos(
    {
      random: random.stream('chaos'),
      counts,
      proxy,
      members,
      departments,
      service: deps.owned,
      unforeseen: (reason) => round.unforeseen(reason),
      refuseTokens: (times) => round.refuseTokens(times),
    },
    planFaults(random.stream('plan'), deps.kinds ?? plannedKinds, milliseconds),
  );
  try {
    const end = performance.now() + milliseconds;
    let said = performance.now();
    while (performance.now() < end && deps.enough?.(round) !== true) {
      await sleep(pollMilliseconds, undefined, { signal: deps.signal });
      if (performance.now() - said < progressMilliseconds) continue;
      said = performance.now();
      deps.progress?.(round);
    }
  } finally {
    round.end();
    await chaos.end();
  }
  if (random.stream('ending').chance(0.5)) proxy.resetAll();
}

function judge({ plan, history, faults }: Round): Soaked {
  const { lines } = history;
  faults.count('F27 conversation left the department', routingsIn(lines));
  const violations = check(lines);
  const outcome: SeedOutcome = {
    seed: plan.seed,
    counts: countsIn(lines),
    faults: [...faults.fired],
    violations: violations.map(({ invariant, message }) => ({ invariant, message })),
  };
  return { history: lines, violations, outcome };
}

function routingsIn(lines: readonly Line[]): number {
  return lines.filter(
    ({ f, kind, left, department }) => f === 'scanEntry' && kind === 'routed' && left !== department,
  ).length;
}

/** What a verdict asks for: every fault at least once, and enough of everything for the clients that there were. */
export function soakDemands(clients: number): Demands {
  return {
    faults: soakFaults,
    leastFaults: 1,
    leastOperations: {
      sends: clients * 2,
      notifies: clients,
      changes: clients / 2,
      subscribes: clients,
      unsubscribes: clients / 10,
      lists: clients / 10,
      deliveries: clients * 20,
      rotations: clients / 4,
    },
  };
}
