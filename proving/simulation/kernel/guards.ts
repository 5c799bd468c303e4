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
  const real = Date;
  function TimelessDate(...given: unknown[]): unknown {
    if (new.target === undefined || given.length === 0)
      throw new Error('the simulation reached the real clock');
    return Reflect.construct(real, given);
  }
  return Object.assign(TimelessDate, {
    prototype: real.prototype,
    UTC: (...given: Parameters<typeof real.UTC>) => real.UTC(...given),
    parse: (text: string) => real.parse(text),
    now: refusal('clock'),
  });
}
