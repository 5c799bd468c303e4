import type { Call, Caller, ConditionValue, Denial } from '../authorization.ts';
import { decide, type Decision, type Rights } from './policy-engine.ts';

export interface FunctionCallerOptions {
  /** The role as a function has it: `arn:aws:sts::{account}:assumed-role/{role}/{function}`. */
  readonly principalArn: string;
  readonly rights: Rights;
  /** Condition keys that do not depend on the call, each worked out for a policy that asks for it. */
  readonly context: Readonly<Record<string, () => ConditionValue>>;
  /** Gets each call with every condition key of its service, and whether it was allowed. */
  readonly observe?: ((observed: ObservedCall) => void) | undefined;
}

/** What a function asked for. */
export interface ObservedCall {
  readonly principalArn: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, ConditionValue>>;
  readonly allowed: boolean;
}

/** Decisions that are remembered of one function; then it begins anew. */
const rememberedDecisions = 10_000;

/** A function with the rights of its role. */
export class FunctionCaller implements Caller {
  readonly #options: FunctionCallerOptions;
  /** Everything that policies say, in small letters: a condition key that is not in it decides nothing. */
  readonly #said: string;
  /** Of the condition keys that do not depend on the call, those that a policy asks for. */
  readonly #constant: ConditionKeys;
  /** Whether a policy asks for a key. */
  readonly #asked = new Map<string, boolean>();
  readonly #remembered = new Map<string, Decision>();

  constructor(options: FunctionCallerOptions) {
    this.#options = options;
    this.#said = JSON.stringify(options.rights).toLowerCase();
    this.#constant = Object.fromEntries(
      Object.entries(options.context).filter(([key]) => this.#isAsked(key)),
    );
  }

  denialOf(call: Call): Denial | undefined {
    const { principalArn, observe } = this.#options;
    const { action, resource } = call;
    const context = this.#contextOf(call);
    const decision = this.#decide(call, context);
    observe?.({ principalArn, action, resource, context: contextOf(call), allowed: decision === 'allowed' });
    if (decision === 'allowed') return undefined;
    return { principalArn, action, resource, reason: this.#reasonOf(decision, call, context) };
  }

  /** The same question has the same answer: the key is all that the engine is told, but for what no policy asks. */
  #decide(call: Call, context: Context): Decision {
    const key = keyOf(call, context);
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined) return remembered;
    const decision = decide(this.#options.rights, { ...call, context });
    if (this.#remembered.size >= rememberedDecisions) this.#remembered.clear();
    this.#remembered.set(key, decision);
    return decision;
  }

  #contextOf(call: Call): Context {
    const asked = (key: string): boolean => this.#isAsked(key);
    return { ...valuesOf(this.#constant, asked), ...valuesOf(call.context ?? {}, asked) };
  }

  /** A service has a few keys, and each of its calls brings all of them. */
  #isAsked(key: string): boolean {
    let asked = this.#asked.get(key);
    if (asked === undefined) {
      asked = this.#said.includes(key.toLowerCase());
      this.#asked.set(key, asked);
    }
    return asked;
  }

  #reasonOf(decision: Decision, call: Call, context: Context): string {
    const { policies, boundary } = this.#options.rights;
    const ofPolicies = boundary === undefined ? decision : decide({ policies }, { ...call, context });
    if (decision === 'denied') {
      return ofPolicies === 'denied'
        ? 'with an explicit deny in an identity-based policy'
        : 'with an explicit deny in a permissions boundary';
    }
    const missing = ofPolicies === 'allowed' ? 'permissions boundary' : 'identity-based policy';
    return `because no ${missing} allows the ${call.action} action`;
  }
}

type Context = Readonly<Record<string, ConditionValue>>;
type ConditionKeys = Readonly<Record<string, () => ConditionValue | undefined>>;

/** A call without condition values is known by its words alone; JSON begins with a bracket, which no action does. */
function keyOf({ action, resource }: Call, context: Context): string {
  for (const _ in context) return JSON.stringify([action, resource, context]);
  return `${action}\n${resource}`;
}

function contextOf({ context = {} }: Call): Context {
  return valuesOf(context, () => true);
}

function valuesOf(keys: ConditionKeys, asked: (key: string) => boolean): Context {
  const values: Record<string, ConditionValue> = {};
  for (const key in keys) {
    const found = asked(key) ? keys[key]?.() : undefined;
    if (found !== undefined) values[key] = found;
  }
  return values;
}
