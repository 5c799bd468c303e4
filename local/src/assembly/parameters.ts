import { written } from './intrinsics.ts';
import { TemplateProblem, type Problems } from './problems.ts';
import { Properties } from './properties.ts';
import { section, type StackSource } from './template.ts';

/**
 * The value of a template parameter, as `Ref` gives it: the one that was given, or the default. Its constraints are
 * `checkParameters`' concern.
 *
 * @throws TemplateProblem for a parameter that has none, or whose value lies in SSM.
 */
export function parameterValue(source: StackSource, name: string): unknown {
  const { type, value } = readParameter(source, name);
  if (type.startsWith('AWS::SSM::')) {
    throw new TemplateProblem(`the parameter ${name} is read from SSM, which does not run here`);
  }
  if (value === undefined) {
    throw new TemplateProblem(`the parameter ${name} has no default value: say one, as in ${name}=value`);
  }
  return isList(type) && typeof value === 'string' ? itemsOf(value) : value;
}

/**
 * Holds the value of every parameter that has one against what its declaration asks for, also of those that nothing here
 * refers to. CloudFormation takes no stack before that.
 *
 * Source: "CloudFormation template Parameters syntax", AWS CloudFormation user guide. What it leaves open: each item of a
 * list is held against AllowedValues, of whatever type the list is, and each of a CommaDelimitedList against AllowedPattern
 * (aws-cloudformation/cfn-lint#2521).
 */
export function checkParameters(source: StackSource, problems: Problems): void {
  for (const name of Object.keys(source.template.parameters))
    problems.attempt(source.name, () => checkParameter(readParameter(source, name)));
}

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly declaration: Properties;
  readonly value: unknown;
}

function readParameter({ template, parameterValues }: StackSource, name: string): Parameter {
  const { Default: fallback, Type: type, ...declared } = section(template.parameters[name]);
  const declaration = new Properties(declared, `Parameters.${name}.`);
  return { name, type: String(type), declaration, value: parameterValues?.get(name) ?? fallback };
}

function checkParameter(parameter: Parameter): void {
  const { type, declaration, value } = parameter;
  const text = written(value);
  // The value of one from SSM is a name there.
  if (text === undefined || type.startsWith('AWS::SSM::')) return;
  const items = isList(type) ? (Array.isArray(value) ? value.map(String) : itemsOf(text)) : [text];
  const rules = [allowedValues(declaration)];
  if (type === 'Number' || type === 'List<Number>') rules.push(isNumber);
  if (type === 'Number') rules.push(...bounds(declaration, 'Value', Number, ''));
  if (!isList(type) && type !== 'Number')
    rules.push(...bounds(declaration, 'Length', (item) => item.length, ' characters long'));
  if (!type.startsWith('List<') && type !== 'Number') rules.push(allowedPattern(parameter));
  for (const item of items) {
    for (const rule of rules) {
      const wanted = rule(item);
      if (wanted !== undefined) throw new TemplateProblem(sentence(parameter, item, wanted));
    }
  }
}

/** What an item must be and is not, such as `at least 3`; undefined for one that is right. */
type Rule = (item: string) => string | undefined;

function allowedValues(declaration: Properties): Rule {
  const allowed = declaration.list('AllowedValues').map(written);
  return (item) =>
    allowed.length === 0 || allowed.includes(item) ? undefined : `one of ${allowed.join(', ')}`;
}

const isNumber: Rule = (item) =>
  /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(item) ? undefined : 'a number';

function bounds(
  declaration: Properties,
  what: 'Value' | 'Length',
  measure: (item: string) => number,
  unit: string,
): Rule[] {
  const least = declaration.optionalNumber(`Min${what}`) ?? -Infinity;
  const most = declaration.optionalNumber(`Max${what}`) ?? Infinity;
  return [
    (item) => (measure(item) < least ? `at least ${least}${unit}` : undefined),
    (item) => (measure(item) > most ? `at most ${most}${unit}` : undefined),
  ];
}

/** The whole of a value must match, as Java's `matches` has it. */
function allowedPattern({ name, declaration }: Parameter): Rule {
  const pattern = declaration.optionalText('AllowedPattern');
  if (pattern === undefined) return () => undefined;
  const expression = readPattern(pattern);
  if (expression === undefined)
    throw new TemplateProblem(
      `the AllowedPattern ${pattern} of the parameter ${name} is no regular expression that is understood here`,
    );
  return (item) => (expression.test(item) ? undefined : `text that matches ${pattern}`);
}

/** Java's form is JavaScript's but for what hardly any template has; a leading `(?i)` is in use. */
function readPattern(pattern: string): RegExp | undefined {
  const insensitive = pattern.startsWith('(?i)');
  const source = `^(?:${insensitive ? pattern.slice('(?i)'.length) : pattern})$`;
  try {
    // Classes such as \p{L} are only known with `u`, which does not take every escape that Java takes.
    return new RegExp(source, `${insensitive ? 'i' : ''}${/\\p\{/i.test(source) ? 'u' : ''}`);
  } catch {
    return undefined;
  }
}

/** Names the value, unless the template says that it is a secret. */
function sentence({ name, type, declaration }: Parameter, item: string, wanted: string): string {
  const value = declaration.flag('NoEcho') ? 'not what it should be' : item === '' ? 'empty' : item;
  const described = declaration.optionalText('ConstraintDescription');
  const subject = isList(type) ? `an item of the parameter ${name}` : `the parameter ${name}`;
  return `${subject} is ${value}, and must be ${wanted}${described === undefined ? '' : `: ${described}`}`;
}

function isList(type: string): boolean {
  return type === 'CommaDelimitedList' || type.startsWith('List<');
}

function itemsOf(value: string): string[] {
  return value.split(',').map((item) => item.trim());
}
