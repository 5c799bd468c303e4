import { identify, type Identity } from './identities.ts';
import { resolve, type Scope } from './intrinsics.ts';
import { ownValue, valueAt } from '../json.ts';
import { partitionOf } from '../partition.ts';
import { checkLogicalId } from './names.ts';
import { parameterValue } from './parameters.ts';
import { TemplateProblem, type Problems } from './problems.ts';
import { Properties } from './properties.ts';
import { isNotRun, runType } from './resource-types.ts';
import { section, type StackSource, type TemplateResource } from './template.ts';

/** A resource of a type that runs here, with what was read of it. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly stack: Stack;
  readonly identity: Identity;
  readonly properties: Properties;
  /** False when a property could not be resolved: it is there for others to refer to, and cannot be read. */
  readonly isComplete: boolean;
  /** How a sentence names it. */
  readonly subject: string;
}

/** One stack whose references can be followed. */
export class Stack implements Scope {
  readonly source: StackSource;
  readonly #resources = new Map<string, TemplateResource>();
  readonly #identities = new Map<string, Identity>();
  /** Logical ids and conditions that are being resolved, so that a circle is found and not followed. */
  readonly #resolving = new Set<string>();
  readonly #importOf: (exportName: string) => unknown;

  constructor(source: StackSource, importOf: (exportName: string) => unknown) {
    this.source = source;
    this.#importOf = importOf;
    for (const resource of source.template.resources) this.#resources.set(resource.logicalId, resource);
  }

  /** The resources whose condition holds. */
  present(problems: Problems): TemplateResource[] {
    return [...this.#resources.values()].filter(
      (resource) =>
        resource.condition === undefined ||
        problems.attempt(subjectOf(resource), () => this.condition(resource.condition ?? '')) === true,
    );
  }

  /** Resolves what is honoured of a resource; a property that is not known is a problem. */
  read(template: TemplateResource, problems: Problems): Resource | undefined {
    const { logicalId, type } = template;
    const subject = subjectOf(template);
    const { read, harmless } = runType(type) ?? { read: [], harmless: [] };
    const identity = problems.attempt(subject, () => this.#identityOf(logicalId));
    if (identity === undefined) return undefined;
    const values: Record<string, unknown> = {};
    const isComplete = problems.attempt(subject, () => {
      for (const [name, value] of Object.entries(template.properties)) {
        if (harmless.includes(name)) continue;
        const resolved = resolve(value, this);
        if (read.includes(name)) values[name] = resolved;
        // What is switched off or empty is as good as absent.
        else if (resolved !== undefined && resolved !== false) {
          problems.add(subject, `the property ${name} is not supported`);
        }
      }
      return true;
    });
    const properties = new Properties(values);
    return { logicalId, type, stack: this, identity, properties, isComplete: isComplete === true, subject };
  }

  reference(name: string): unknown {
    if (Object.hasOwn(pseudoParameters, name)) return pseudoParameters[name]?.(this.source);
    if (Object.hasOwn(this.source.template.parameters, name)) return parameterValue(this.source, name);
    return this.#identityOf(name).reference;
  }

  attribute(logicalId: string, attribute: string): unknown {
    const value = ownValue(this.#identityOf(logicalId).attributes, attribute);
    if (value !== undefined) return value;
    const type = this.#resources.get(logicalId)?.type ?? '';
    throw new TemplateProblem(`the attribute ${attribute} of ${logicalId} (${type}) is not known here`);
  }

  condition(name: string): boolean {
    const { conditions } = this.source.template;
    if (!Object.hasOwn(conditions, name)) throw new TemplateProblem(`there is no condition ${name}`);
    return this.#once(`condition ${name}`, () => resolve(conditions[name], this) === true);
  }

  mapping(map: string, first: string, second: string): unknown {
    const value = valueAt(this.source.template.mappings, [map, first, second]);
    if (value === undefined)
      throw new TemplateProblem(
        `there is no mapping ${map}.${first}.${second}${this.#otherLocation(map, first, second)}`,
      );
    return value;
  }

  /** What would be right where the missing key stands for the account or the Region. */
  #otherLocation(map: string, first: string, second: string): string {
    const { account, region, template } = this.source;
    const byFirst = section(valueAt(template.mappings, [map]));
    const inFirst = ownValue(byFirst, first);
    const [missing, keys] = inFirst === undefined ? [first, byFirst] : [second, section(inFirst)];
    const [example] = Object.keys(keys);
    const options = new Map([
      [account, '--account'],
      [region, '--region'],
    ]);
    const option = options.get(missing);
    return option === undefined || example === undefined
      ? ''
      : `; name one that it has, such as ${option} ${example}`;
  }

  imported(exportName: string): unknown {
    return this.#importOf(exportName);
  }

  /** What an output that exports it says; stacks may import from each other, but not in a circle. */
  exportedValue(exportName: string, value: unknown): unknown {
    return this.#once(`export ${exportName}`, () => resolve(value, this));
  }

  #identityOf(logicalId: string): Identity {
    const known = this.#identities.get(logicalId);
    if (known !== undefined) return known;
    const resource = this.#resources.get(logicalId);
    if (resource === undefined) throw new TemplateProblem(`it refers to ${logicalId}, which does not exist`);
    if (runType(resource.type) === undefined && !isNotRun(resource.type)) {
      throw new TemplateProblem(`it refers to ${logicalId}, whose type ${resource.type} is not known`);
    }
    checkLogicalId(logicalId);
    const identity = this.#once(logicalId, () => {
      const property = (name: string): string | undefined =>
        new Properties({ [name]: resolve(resource.properties[name], this) }).optionalText(name);
      return identify({ stack: this.source, resource, property });
    });
    this.#identities.set(logicalId, identity);
    return identity;
  }

  #once<Result>(what: string, step: () => Result): Result {
    if (this.#resolving.has(what)) throw new TemplateProblem(`${what} refers to itself`);
    this.#resolving.add(what);
    try {
      return step();
    } finally {
      this.#resolving.delete(what);
    }
  }
}

export function subjectOf({
  logicalId,
  type,
}: {
  readonly logicalId: string;
  readonly type: string;
}): string {
  return `${logicalId} (${type})`;
}

/** Source: "Pseudo parameters reference", AWS CloudFormation user guide. */
const pseudoParameters: Readonly<Record<string, (source: StackSource) => unknown>> = {
  'AWS::AccountId': ({ account }) => account,
  'AWS::NoValue': () => undefined,
  'AWS::NotificationARNs': () => [],
  'AWS::Partition': ({ region }) => partitionOf(region).name,
  'AWS::Region': ({ region }) => region,
  'AWS::StackId': ({ account, name, region }) =>
    `arn:${partitionOf(region).name}:cloudformation:${region}:${account}:stack/${name}/local`,
  'AWS::StackName': ({ name }) => name,
  'AWS::URLSuffix': ({ region }) => partitionOf(region).urlSuffix,
};
