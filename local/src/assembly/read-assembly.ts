import type { AssemblyModel, QueueModel, ResourceName } from '../model.ts';
import { readSources, type ApplicationSource } from './application-source.ts';
import type { DefaultLocation } from './cloud-assembly.ts';
import { readFunctions } from './functions.ts';
import { resolve } from './intrinsics.ts';
import { refuseSecond } from './names.ts';
import { checkParameters } from './parameters.ts';
import { Problems, TemplateProblem } from './problems.ts';
import { isNotRun, runType } from './resource-types.ts';
import { readRoles } from './roles.ts';
import { expandServerless } from './serverless.ts';
import { Stack, subjectOf, type Resource } from './stack.ts';
import { readTable } from './tables.ts';
import { section, type StackSource, type TemplateResource } from './template.ts';
import { readWebSocketApis } from './web-socket-apis.ts';

export interface ReadOptions {
  /** Where code that stands in a template itself is written. */
  readonly inlineCodeDirectory: string;
}

const defaultLocation: DefaultLocation = { account: '000000000000', region: 'us-east-1' };

/**
 * Reads an application into what the local run runs.
 *
 * @throws Refusal that names everything in it that cannot be run, resource by resource.
 */
export function readApplication(source: ApplicationSource, options: ReadOptions): AssemblyModel {
  return readStacks(readSources(source, defaultLocation), options);
}

/** Reads stacks. @throws Refusal as `readApplication`. */
export function readStacks(given: readonly StackSource[], options: ReadOptions): AssemblyModel {
  const problems = new Problems();
  const sources = given.map((source) => ({
    ...source,
    template: expandServerless(source.template, problems),
  }));
  const location = commonLocation(sources, problems);
  refuseTransforms(sources, problems);
  for (const stack of sources) checkParameters(stack, problems);
  const stacks = connectStacks(sources);
  const present = stacks.flatMap((stack) => stack.present(problems).map((template) => ({ stack, template })));
  for (const { template } of present) refuseUnknownType(template, problems);
  const resources = present
    .filter(({ template }) => runType(template.type) !== undefined)
    .flatMap(({ stack, template }) => stack.read(template, problems) ?? []);
  const run = readResources(resources, options, problems);
  problems.refuseIfAny();
  return {
    ...location,
    ...run,
    outputs: Object.fromEntries(stacks.flatMap(readOutputs)),
    notRun: present.filter(({ template }) => isNotRun(template.type)).map(({ template }) => nameOf(template)),
  };
}

type RunModel = Pick<AssemblyModel, 'functions' | 'tables' | 'webSocketApis' | 'queues' | 'roles'>;

function readResources(resources: readonly Resource[], options: ReadOptions, problems: Problems): RunModel {
  const ofType = (...types: string[]): Resource[] =>
    resources.filter(({ type, isComplete }) => types.includes(type) && isComplete);
  // Those that cannot be read as well: what leads to one of them is no mistake of its own.
  const functions = resources.filter(({ type }) => type === 'AWS::Lambda::Function');
  const others = {
    permissions: ofType('AWS::Lambda::Permission'),
    eventInvokeConfigs: ofType('AWS::Lambda::EventInvokeConfig'),
  };
  const parts = {
    apis: ofType('AWS::ApiGatewayV2::Api'),
    authorizers: ofType('AWS::ApiGatewayV2::Authorizer'),
    integrations: ofType('AWS::ApiGatewayV2::Integration'),
    routes: ofType('AWS::ApiGatewayV2::Route'),
    routeResponses: ofType('AWS::ApiGatewayV2::RouteResponse'),
    stages: ofType('AWS::ApiGatewayV2::Stage'),
  };
  const functionArns = new Set(functions.map(({ identity }) => identity.attributes['Arn'] ?? ''));
  const tables = ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable');
  for (const alike of [functions, tables, ofType('AWS::SQS::Queue'), ofType('AWS::IAM::Role')]) {
    const names = alike.map(({ subject, identity }) => [subject, identity.reference] as const);
    refuseSecond(names, problems);
  }
  return {
    functions: readFunctions({ functions, ...others }, options.inlineCodeDirectory, problems),
    tables: tables.flatMap((table) => problems.attempt(table.subject, () => readTable(table)) ?? []),
    webSocketApis: readWebSocketApis(parts, functionArns, problems),
    queues: ofType('AWS::SQS::Queue').map(readQueue),
    roles: readRoles(
      {
        roles: ofType('AWS::IAM::Role'),
        policies: ofType('AWS::IAM::Policy', 'AWS::IAM::RolePolicy'),
        managedPolicies: ofType('AWS::IAM::ManagedPolicy'),
      },
      problems,
    ),
  };
}

/** Stacks of one assembly see each other's exports. */
function connectStacks(sources: readonly StackSource[]): Stack[] {
  const stacks: Stack[] = sources.map(
    (source) => new Stack(source, (exportName) => exported(stacks, exportName)),
  );
  return stacks;
}

function exported(stacks: readonly Stack[], exportName: string): unknown {
  for (const stack of stacks) {
    for (const output of Object.values(stack.source.template.outputs)) {
      const { Export: declared, Value: value } = section(output);
      const name = declared === undefined ? undefined : resolve(section(declared)['Name'], stack);
      if (name === exportName) return stack.exportedValue(exportName, value);
    }
  }
  throw new TemplateProblem(`no stack of the assembly exports ${exportName}`);
}

function commonLocation([first, ...others]: readonly StackSource[], problems: Problems): DefaultLocation {
  const { account, region } = first ?? defaultLocation;
  for (const other of others) {
    if (other.account === account && other.region === region) continue;
    problems.add(
      other.name,
      `it belongs to another account or Region than ${first?.name ?? 'the first stack'}`,
    );
  }
  return { account, region };
}

function refuseTransforms(sources: readonly StackSource[], problems: Problems): void {
  for (const { name, template } of sources) {
    for (const transform of template.transforms)
      problems.add(name, `the transform ${transform} is not supported`);
  }
}

function refuseUnknownType(template: TemplateResource, problems: Problems): void {
  if (runType(template.type) !== undefined || isNotRun(template.type)) return;
  problems.add(subjectOf(template), 'this type of resource is not supported');
}

/** An output that rests on something unknown is left out: nothing runs on outputs. */
function readOutputs(stack: Stack): [string, string][] {
  return Object.entries(stack.source.template.outputs).flatMap(([logicalId, output]) => {
    const { Value: value, Condition: condition } = section(output);
    const resolved = new Problems().attempt(logicalId, () =>
      typeof condition === 'string' && !stack.condition(condition) ? undefined : resolve(value, stack),
    );
    return typeof resolved === 'string' ? [[logicalId, resolved] as [string, string]] : [];
  });
}

function readQueue({ logicalId, identity }: Resource): QueueModel {
  const { QueueName: name = '', Arn: arn = '' } = identity.attributes;
  return { logicalId, name, arn };
}

function nameOf({ logicalId, type }: TemplateResource): ResourceName {
  return { logicalId, type };
}
