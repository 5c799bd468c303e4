import { isRecord } from '../json.ts';
import { variablesIn } from './patterns.ts';
import { hasVariables, splitResource, type Rights } from './policy-engine.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Services whose calls are checked here. */
const checked = /^(dynamodb|execute-api|lambda|sns|sqs):|[*?]/i;

/** The condition keys of all statements that may speak of calls which are checked here. */
export function conditionKeysOf(rights: Rights): Set<string> {
  const statements = documentsOf(rights).flatMap(statementsOf);
  return new Set(statements.flatMap(conditionsOf).map(([key]) => key));
}

/**
 * The policy variables of the same statements, by name: those that nothing but a call's own values can fill. A policy of
 * the older version has none.
 */
export function policyVariablesOf(rights: Rights): Set<string> {
  const statements = documentsOf(rights).filter(hasVariables).flatMap(statementsOf);
  return new Set(statements.flatMap(textsOf).flatMap(variablesIn));
}

function documentsOf({ policies, boundary }: Rights): Fields[] {
  const documents = [...policies, ...(boundary === undefined ? [] : [boundary])];
  return documents.map(({ document }) => document).filter(isRecord);
}

function statementsOf(document: Fields): Fields[] {
  return [document['Statement']].flat().filter(isRecord).filter(isChecked);
}

function isChecked({ Action: actions, NotAction: others }: Fields): boolean {
  return others !== undefined || [actions].flat().some((action) => checked.test(String(action)));
}

/** Each condition key with the values that it is compared with. */
function conditionsOf({ Condition: conditions }: Fields): [string, unknown][] {
  if (!isRecord(conditions)) return [];
  return Object.values(conditions).flatMap((operands) =>
    isRecord(operands) ? Object.entries(operands) : [],
  );
}

/** Where variables may stand. */
function textsOf(statement: Fields): string[] {
  const { Resource: resources, NotResource: others } = statement;
  const arns = [resources, others].flat().filter((arn) => typeof arn === 'string');
  const values = conditionsOf(statement).flatMap(([, operands]) => [operands].flat());
  return [
    ...arns.map((arn) => splitResource(arn)[1]),
    ...values.filter((value) => typeof value === 'string'),
  ];
}
