/** What goes wrong on purpose, and how often in a minute; F-numbers as in proving/README.md. */
export const plannedFaults = {
  'socket reset': 20,
  'F15 connection cut before the answer': 6,
  'F10 socket half open': 4,
  'network stalled': 6,
  'F24 all connections dropped at once': 0.2,
  'F24 connection refused': 0.4,
  'F1 execution environment killed': 8,
  'F23 environments replaced': 0.3,
  'service stopped and started': 0.2,
  'service killed and started': 0.2,
  'token not to be had': 2,
  'departments of a user changed': 2,
  'tab reloaded': 6,
} as const;

export type PlannedFault = keyof typeof plannedFaults;

/** What upstream and the workload see to. */
const otherFaults = [
  'F2 event delivered twice',
  'F2 event tried again',
  'F27 conversation left the department',
  'F32 forged cursor',
] as const;

export type SoakFault = PlannedFault | (typeof otherFaults)[number];

export const plannedKinds: readonly PlannedFault[] = Object.keys(plannedFaults).filter(isPlanned);
export const soakFaults: readonly SoakFault[] = [...plannedKinds, ...otherFaults];

function isPlanned(name: string): name is PlannedFault {
  return Object.hasOwn(plannedFaults, name);
}

/** How often each came about. */
export class FaultCounts {
  readonly fired = new Map<SoakFault, number>();

  count(kind: SoakFault, times = 1): void {
    this.fired.set(kind, (this.fired.get(kind) ?? 0) + times);
  }
}
