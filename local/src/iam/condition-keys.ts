import { isRecord } from '../json.ts';
import type { Rights } from './policy-engine.ts';

/** Services whose calls are checked here. */
const checked = /^(dynamodb|execute-api|lambda|sns|sqs):|[*?]/i;

/** The condition keys of all statements that may speak of calls which are checked here. */
export function conditionKeysOf({ policies, boundary }: Rights): Set<string> {
  const documents = [...policies, ...(boundary === undefined ? [] : [boundary])].map(
    ({ document }) => document,
  );
  const statements = documents.flatMap((document) =>
    isRecord(document) ? [document['Statement']].flat() : [],
  );
  const keys = statements.filter(isChecked).flatMap((statement) => Object.values(conditionsOf(statement)));
  return new Set(keys.flatMap((operands) => (isRecord(operands) ? Object.keys(operands) : [])));
}

function isChecked(statement: unknown): boolean {
  if (!isRecord(statement)) return false;
  const { Action: actions, NotAction: others } = statement;
  return others !== undefined || [actions].flat().some((action) => checked.test(String(action)));
}

function conditionsOf(statement: unknown): Readonly<Record<string, unknown>> {
  const conditions = isRecord(statement) ? statement['Condition'] : undefined;
  return isRecord(conditions) ? conditions : {};
}
