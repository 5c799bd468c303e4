/** What would make a run depend on more than its seed. */
const forbidden = [
  [globalThis, 'setTimeout'],
  [globalThis, 'setInterval'],
  [globalThis, 'setImmediate'],
  [Math, 'random'],
  [performance, 'now'],
  [crypto, 'randomUUID'],
  [crypto, 'getRandomValues'],
] as const;

/**
 * Runs a synchronous task during which the real clock, real timers and real randomness throw.
 *
 * `new Date(milliseconds)` still works; `new Date()` and `Date.now()` do not.
 */
export function withoutRealTimeAndRandomness<T>(task: () => T): T {
  const undo = [
    ...forbidden.map(([owner, name]) => replace(owner, name, refusal(name))),
    replace(globalThis, 'Date', dateWithoutNow()),
  ];
  try {
    return task();
  } finally {
    for (const each of undo) each();
  }
}

function replace(owner: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, before);
  };
}

function refusal(name: string): () => never {
  return () => {
    throw new Error(`the simulation reached the real ${name}`);
  };
}

function dateWithoutNow(): unknown {
  return new Proxy(Date, {
    construct(target, given: unknown[], newTarget: DateConstructor) {
      if (given.length === 0) throw new Error('the simulation reached the real clock');
      const made: unknown = Reflect.construct(target, given, newTarget);
      return made instanceof Date ? made : new Date(Number.NaN);
    },
    apply: refusal('clock'),
    get(target, key, receiver): unknown {
      return key === 'now' ? refusal('clock') : Reflect.get(target, key, receiver);
    },
  });
}
