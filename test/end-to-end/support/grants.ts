import * as v from 'valibot';
import type { EditableTemplate } from './application.ts';

const statement = v.looseObject({ Action: v.union([v.string(), v.array(v.string())]) });
const policy = v.object({ PolicyDocument: v.object({ Statement: v.array(statement) }) });

/** The policies of the function `name`, such as `SendMessage`. */
function policiesOf(template: EditableTemplate, name: string): Record<string, unknown>[] {
  const id = new RegExp(`^Functions${name}RoleDefaultPolicy[0-9A-F]{8}$`);
  return Object.entries(template.Resources).flatMap(([logicalId, { Properties: properties }]) =>
    id.test(logicalId) && properties !== undefined ? [properties] : [],
  );
}

/** Takes one action from a function's rights; throws when it has none to take, or more than one. */
export function withoutGrant(name: string, action: string): (template: EditableTemplate) => void {
  return (template) => {
    const [properties = {}] = policiesOf(template, name);
    const { Statement: statements } = v.parse(policy, properties).PolicyDocument;
    const granting = statements.filter((found) => actionsOf(found).includes(action));
    if (granting.length !== 1) throw new Error(`${name} has ${granting.length} statements for ${action}`);
    const left = statements
      .map((found) => ({ ...found, Action: actionsOf(found).filter((other) => other !== action) }))
      .filter(({ Action: actions }) => actions.length > 0);
    properties['PolicyDocument'] = { Version: '2012-10-17', Statement: left };
  };
}

function actionsOf({ Action: actions }: v.InferOutput<typeof statement>): string[] {
  return [actions].flat();
}
