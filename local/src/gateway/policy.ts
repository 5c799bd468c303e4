import { isRecord } from '../json.ts';

export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

const understoodElements = new Set(['Sid', 'Effect', 'Action', 'Resource']);

/**
 * Reads the policy document of an authorizer; undefined for anything that is not one.
 *
 * Statements with `Condition`, `NotAction` or `NotResource` are not read either: to pass over such an element could
 * allow what AWS refuses.
 */
export function readPolicy(document: unknown): readonly PolicyStatement[] | undefined {
  if (!isRecord(document)) return undefined;
  const listed: readonly unknown[] = Array.isArray(document.Statement)
    ? document.Statement
    : [document.Statement];
  const statements: PolicyStatement[] = [];
  for (const entry of listed) {
    const statement = readStatement(entry);
    if (statement === undefined) return undefined;
    statements.push(statement);
  }
  return statements;
}

/** Whether the policy lets `action` at `resource` pass: some Allow matches and no Deny does. */
export function allows(statements: readonly PolicyStatement[], action: string, resource: string): boolean {
  const matching = statements.filter(
    (statement) =>
      statement.actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
      statement.resources.some((pattern) => matches(pattern, resource)),
  );
  return matching.length > 0 && matching.every((statement) => statement.effect === 'Allow');
}

function readStatement(entry: unknown): PolicyStatement | undefined {
  if (!isRecord(entry) || !Object.keys(entry).every((name) => understoodElements.has(name))) return undefined;
  const { Effect: effect } = entry;
  const actions = readStrings(entry.Action);
  const resources = readStrings(entry.Resource);
  if ((effect !== 'Allow' && effect !== 'Deny') || !actions || !resources) return undefined;
  return { effect, actions, resources };
}

function readStrings(value: unknown): readonly string[] | undefined {
  const listed: readonly unknown[] = Array.isArray(value) ? value : [value];
  return listed.every((entry) => typeof entry === 'string') ? listed : undefined;
}

/** `*` stands for any text and `?` for one character, as in IAM. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
