import type { ConditionValue } from '../authorization.ts';
import { isRecord } from '../json.ts';
import type { PolicyModel } from '../model.ts';
import { conditionsHold, type ContextLookup } from './conditions.ts';
import { matches, wildcardPattern, type Variables } from './patterns.ts';

/** What a role's policies say together. */
export interface Rights {
  readonly policies: readonly PolicyModel[];
  /** Allows nothing by itself: what it does not allow, no policy can. */
  readonly boundary?: PolicyModel;
}

export interface AccessRequest {
  readonly action: string;
  /** An ARN, in which `*` stands for itself. */
  readonly resource: string;
  readonly context: Readonly<Record<string, ConditionValue>>;
}

/** `denied`: a statement says so. `notAllowed`: no statement allows it. */
export type Decision = 'allowed' | 'denied' | 'notAllowed';

/**
 * What IAM decides for a caller and a resource of one account, from policies of the caller.
 *
 * Statements are taken as they would be if IAM had taken the policy, which `policy-validity.ts` finds out.
 *
 * Source: "Policy evaluation logic", IAM user guide.
 */
export function decide({ policies, boundary }: Rights, request: AccessRequest): Decision {
  const lookup = lookupIn(request.context);
  const own = decisionOf(policies, request, lookup);
  const limit = boundary === undefined ? 'allowed' : decisionOf([boundary], request, lookup);
  if (own === 'denied' || limit === 'denied') return 'denied';
  return own === 'allowed' && limit === 'allowed' ? 'allowed' : 'notAllowed';
}

function lookupIn(context: AccessRequest['context']): ContextLookup {
  const values = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return (key) => values.get(key.toLowerCase());
}

function decisionOf(
  policies: readonly PolicyModel[],
  request: AccessRequest,
  lookup: ContextLookup,
): Decision {
  let decision: Decision = 'notAllowed';
  for (const { document } of policies) {
    if (!isRecord(document)) continue;
    const variables = hasVariables(document) ? variablesOf(lookup) : undefined;
    for (const statement of [document['Statement']].flat()) {
      if (!isRecord(statement) || !applies(statement, request, lookup, variables)) continue;
      if (statement['Effect'] === 'Deny') return 'denied';
      if (statement['Effect'] === 'Allow') decision = 'allowed';
    }
  }
  return decision;
}

/** Source: "IAM JSON policy elements: Version": `${…}` is a text like any other in policies of the older version. */
export function hasVariables(document: Readonly<Record<string, unknown>>): boolean {
  return document['Version'] === '2012-10-17';
}

/** A key of several values cannot stand in for a variable. */
function variablesOf(lookup: ContextLookup): Variables {
  return (name) => {
    const value = lookup(name);
    return typeof value === 'string' ? value : undefined;
  };
}

function applies(
  statement: Readonly<Record<string, unknown>>,
  { action, resource }: AccessRequest,
  lookup: ContextLookup,
  variables: Variables | undefined,
): boolean {
  const isAction = (name: string): boolean => isActionMeant(name, action);
  const isResource = (arn: string): boolean => isResourceMeant(arn, resource, variables);
  return (
    includes(statement, 'Action', isAction) &&
    includes(statement, 'Resource', isResource) &&
    conditionsHold(statement['Condition'], lookup, variables)
  );
}

/** Whether the statement applies: its element names what is asked for, or its `Not…` element does not name it. */
function includes(
  statement: Readonly<Record<string, unknown>>,
  element: 'Action' | 'Resource',
  isOne: (text: string) => boolean,
): boolean {
  const { [element]: named, [`Not${element}`]: others } = statement;
  if (named !== undefined) return [named].flat().map(String).some(isOne);
  return others !== undefined && ![others].flat().map(String).some(isOne);
}

/**
 * One pattern over the whole ARN: a star takes slashes, and a star at the end of a part takes colons too ("IAM JSON
 * policy elements: Resource"); nothing says that a star inside of a part does not. Variables stand behind the fifth colon
 * only ("IAM policy elements: Variables and tags").
 */
function isResourceMeant(pattern: string, resource: string, variables: Variables | undefined): boolean {
  const [start, rest] = splitResource(pattern);
  const [head, tail] = [wildcardPattern(start), wildcardPattern(rest, variables)];
  return head !== undefined && tail !== undefined && matches([...head, ...tail], resource);
}

/** What stands before variables are looked for, and what may hold them. */
export function splitResource(pattern: string): readonly [string, string] {
  const [, start = '', rest = pattern] = /^((?:[^:]*:){5})(.*)$/s.exec(pattern) ?? [];
  return [start, rest];
}

function isActionMeant(pattern: string, action: string): boolean {
  const read = wildcardPattern(pattern.toLowerCase());
  return read !== undefined && matches(read, action.toLowerCase());
}
