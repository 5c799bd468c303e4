import { isRecord, ownValue } from '../json.ts';
import { TemplateProblem } from './problems.ts';

/** What intrinsic functions refer to. Each lookup throws a `TemplateProblem` for a name that does not exist. */
export interface Scope {
  /** Value of `Ref`: a pseudo parameter, a parameter or a resource. `undefined` stands for AWS::NoValue. */
  reference(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, first: string, second: string): unknown;
  imported(exportName: string): unknown;
}

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

/**
 * Replaces every intrinsic function in a template's value. What turns out as AWS::NoValue disappears from its object or
 * list.
 *
 * Source: "Intrinsic function reference", AWS CloudFormation user guide.
 *
 * @throws TemplateProblem that names a function which is not known, or a reference that leads nowhere.
 */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value))
    return value.map((item) => resolve(item, scope)).filter((item) => item !== undefined);
  if (!isRecord(value)) return value;
  const [name, ...others] = Object.keys(value);
  if (name !== undefined && others.length === 0 && isIntrinsicName(name)) {
    const intrinsic = ownValue(intrinsics, name);
    if (intrinsic === undefined) throw new TemplateProblem(`the intrinsic function ${name} is not known`);
    return intrinsic(value[name], scope);
  }
  const entries = Object.entries(value).map(([key, item]) => [key, resolve(item, scope)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

function isIntrinsicName(name: string): boolean {
  return name === 'Ref' || name === 'Condition' || name.startsWith('Fn::');
}

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => scope.reference(text('Ref', argument)),
  // A plain string is a property of that name, as IAM statements and DependsOn-like places have it.
  Condition: (argument, scope) =>
    typeof argument === 'string' ? scope.condition(argument) : { Condition: resolve(argument, scope) },
  'Fn::Base64': (argument, scope) =>
    Buffer.from(text('Fn::Base64', resolve(argument, scope))).toString('base64'),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, ...attribute] =
      typeof argument === 'string' ? argument.split('.') : list('Fn::GetAtt', argument);
    const name = attribute.map((part) => text('Fn::GetAtt', resolve(part, scope))).join('.');
    return scope.attribute(text('Fn::GetAtt', logicalId), name);
  },
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = list('Fn::Join', argument);
    const resolved = list('Fn::Join', resolve(parts, scope)).map((part) => text('Fn::Join', part));
    return resolved.join(text('Fn::Join', separator));
  },
  'Fn::Sub': (argument, scope) => {
    const [template, variables] = typeof argument === 'string' ? [argument, {}] : list('Fn::Sub', argument);
    return substitute(text('Fn::Sub', template), isRecord(variables) ? variables : {}, scope);
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = list('Fn::Select', argument);
    const position = Number(resolve(index, scope));
    const chosen: unknown = list('Fn::Select', resolve(items, scope))[position];
    if (chosen === undefined) throw new TemplateProblem(`Fn::Select finds nothing at position ${position}`);
    return chosen;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, source] = list('Fn::Split', argument);
    return text('Fn::Split', resolve(source, scope)).split(text('Fn::Split', separator));
  },
  'Fn::If': (argument, scope) => {
    const [condition, whenTrue, whenFalse] = list('Fn::If', argument);
    return resolve(scope.condition(text('Fn::If', condition)) ? whenTrue : whenFalse, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = list('Fn::Equals', resolve(argument, scope));
    return written(left) === written(right);
  },
  'Fn::And': (argument, scope) =>
    list('Fn::And', argument).every((item) => truth('Fn::And', resolve(item, scope))),
  'Fn::Or': (argument, scope) =>
    list('Fn::Or', argument).some((item) => truth('Fn::Or', resolve(item, scope))),
  'Fn::Not': (argument, scope) => !truth('Fn::Not', resolve(list('Fn::Not', argument)[0], scope)),
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = list('Fn::FindInMap', resolve(argument, scope)).map((key) =>
      text('Fn::FindInMap', key),
    );
    return scope.mapping(map ?? '', first ?? '', second ?? '');
  },
  'Fn::ImportValue': (argument, scope) => scope.imported(text('Fn::ImportValue', resolve(argument, scope))),
};

/** `${Name}`, `${Resource.Attribute}` and `${!Literal}`. */
function substitute(template: string, variables: Readonly<Record<string, unknown>>, scope: Scope): string {
  return template.replaceAll(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal !== '') return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return text('Fn::Sub', resolve(variables[name], scope));
    const [logicalId = '', ...attribute] = name.split('.');
    const isAttribute = attribute.length > 0 && !name.startsWith('AWS::');
    return text(
      'Fn::Sub',
      isAttribute ? scope.attribute(logicalId, attribute.join('.')) : scope.reference(name),
    );
  });
}

/** As a text, since `true` and `"true"`, `2` and `"2"` are the same to CloudFormation. */
export function written(value: unknown): string | undefined {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function text(where: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateProblem(`${where} needs a text where the template has ${JSON.stringify(value)}`);
}

function list(where: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TemplateProblem(`${where} needs a list where the template has ${JSON.stringify(value)}`);
}

function truth(where: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TemplateProblem(`${where} needs conditions where the template has ${JSON.stringify(value)}`);
}
