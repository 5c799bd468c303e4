import { isRecord } from '../json.ts';
import { Refusal } from '../refusal.ts';
import { deepestNesting, isTooDeep } from './nesting.ts';

/** A stack's template as it stands in the assembly, before anything is resolved. */
export interface Template {
  readonly resources: readonly TemplateResource[];
  readonly parameters: Section;
  readonly conditions: Section;
  readonly mappings: Section;
  readonly outputs: Section;
  /** Defaults that AWS::Serverless resources share. */
  readonly globals: Section;
  /** Macros that CloudFormation would run first, such as AWS::Serverless-2016-10-31. */
  readonly transforms: readonly string[];
}

export type Section = Readonly<Record<string, unknown>>;

export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Section;
  readonly condition?: string;
}

/** Where a stack is deployed, and what its template is called there. */
export interface StackSource {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly template: Template;
  /** Absolute path of an unpacked code asset by its object key, such as `<hash>.zip`. */
  readonly assets: ReadonlyMap<string, string>;
  /** Where relative paths to code begin, in a template that was written by hand. */
  readonly directory?: string;
  /** Absolute paths of functions' code by logical id: told by whoever runs the template, and before what it says. */
  readonly codeDirectories?: ReadonlyMap<string, string>;
  /** By name, instead of the parameters' defaults. */
  readonly parameterValues?: ReadonlyMap<string, string>;
}

/** @throws Refusal for a template that is nested deeper than what reads it can follow. */
export function parseTemplate(value: unknown): Template {
  if (isTooDeep(value, valuesIn))
    throw new Refusal(`A template may be nested ${deepestNesting} levels deep, and this one is deeper.`);
  const template = section(value);
  const resources = Object.entries(section(template['Resources'])).map(([logicalId, item]) => {
    const { Type: type, Properties: properties, Condition: condition } = section(item);
    return {
      logicalId,
      type: String(type),
      properties: section(properties),
      ...(typeof condition === 'string' ? { condition } : {}),
    };
  });
  return {
    resources,
    parameters: section(template['Parameters']),
    conditions: section(template['Conditions']),
    mappings: section(template['Mappings']),
    outputs: section(template['Outputs']),
    globals: section(template['Globals']),
    transforms: [template['Transform'] ?? []].flat().map(transformName),
  };
}

export function section(value: unknown): Section {
  return isRecord(value) ? value : {};
}

/** A macro stands as its name, or as an object with a name and parameters. */
function transformName(transform: unknown): string {
  const name = isRecord(transform) ? transform['Name'] : transform;
  return typeof name === 'string' ? name : JSON.stringify(name);
}

function valuesIn(parent: unknown): unknown[] {
  return Array.isArray(parent) ? parent : Object.values(section(parent));
}
