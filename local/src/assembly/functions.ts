import { statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileNameOf } from '../file-name.ts';
import { makeDirectory } from '../make-directory.ts';
import type { AsynchronousModel, FunctionModel, LogLevel, PermissionModel } from '../model.ts';
import { checkVariableName } from './names.ts';
import { privateFile, privateFolder } from '../private-files.ts';
import { TemplateProblem, type Problems } from './problems.ts';
import type { Properties } from './properties.ts';
import { numberWithin } from './ranges.ts';
import type { Resource } from './stack.ts';

export interface FunctionResources {
  readonly functions: readonly Resource[];
  readonly permissions: readonly Resource[];
  readonly eventInvokeConfigs: readonly Resource[];
}

/** Source: "Lambda quotas" and the defaults of AWS::Lambda::Function and AWS::Lambda::EventInvokeConfig. */
const defaults = {
  timeoutSeconds: 3,
  memoryMegabytes: 128,
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
};

/**
 * Reads the functions with what other resources say of them.
 *
 * @param inlineCodeDirectory is where code that stands in the template itself is written.
 */
export function readFunctions(
  { functions, permissions, eventInvokeConfigs }: FunctionResources,
  inlineCodeDirectory: string,
  problems: Problems,
): FunctionModel[] {
  const granted = groupByFunction(permissions, functions, problems);
  const configured = groupByFunction(eventInvokeConfigs, functions, problems);
  const complete = functions.filter(({ isComplete }) => isComplete);
  return complete.flatMap((resource) => {
    const model = problems.attempt(resource.subject, () => ({
      ...readFunction(resource, inlineCodeDirectory),
      permissions: (granted.get(resource) ?? []).flatMap(
        (permission) => problems.attempt(permission.subject, () => readPermission(permission)) ?? [],
      ),
      asynchronous: readAsynchronous(configured.get(resource)?.[0], problems),
    }));
    return model === undefined ? [] : [model];
  });
}

function readFunction(
  { logicalId, identity, properties, stack }: Resource,
  inlineCodeDirectory: string,
): Omit<FunctionModel, 'permissions' | 'asynchronous'> {
  if (properties.optionalText('PackageType') === 'Image') {
    throw new TemplateProblem('its code is a container image; only code packed as a zip file runs here');
  }
  const runtime = properties.text('Runtime');
  if (!runtime.startsWith('nodejs')) {
    throw new TemplateProblem(`the runtime ${runtime} is not supported; only Node.js runs here`);
  }
  const name = identity.reference;
  const logging = properties.nested('LoggingConfig');
  const reservedConcurrency = numberWithin(properties, 'ReservedConcurrentExecutions');
  const roleArn = properties.optionalText('Role');
  return {
    logicalId,
    name,
    arn: identity.attributes['Arn'] ?? '',
    ...(roleArn === undefined ? {} : { roleArn }),
    runtime,
    handler: properties.text('Handler'),
    codeDirectory: readCode({ logicalId, properties, stack }, inlineCodeDirectory),
    environment: readEnvironment(properties),
    timeoutSeconds: numberWithin(properties, 'Timeout') ?? defaults.timeoutSeconds,
    memoryMegabytes: numberWithin(properties, 'MemorySize') ?? defaults.memoryMegabytes,
    logGroup: logging.optionalText('LogGroup') ?? `/aws/lambda/${name}`,
    ...readLogFormat(logging),
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
  };
}

/** Source: "Configuring JSON and plain text log formats" and "Log-level filtering", AWS Lambda developer guide. */
function readLogFormat(logging: Properties): Pick<FunctionModel, 'logFormat' | 'logLevel'> {
  const format = logging.optionalText('LogFormat') ?? 'Text';
  if (format !== 'Text' && format !== 'JSON')
    throw new TemplateProblem(`the property LoggingConfig.LogFormat is ${format}, and must be Text or JSON`);
  const stated = logging.optionalText('ApplicationLogLevel');
  const logLevel = logLevels.find((level) => level === (stated ?? 'INFO'));
  if (logLevel === undefined)
    throw new TemplateProblem(
      `the property LoggingConfig.ApplicationLogLevel is ${stated}, and must be one of ${logLevels.join(', ')}`,
    );
  return format === 'Text' ? { logFormat: format } : { logFormat: format, logLevel };
}

const logLevels: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

function readEnvironment(properties: Properties): Record<string, string> {
  const variables = properties.nested('Environment').textMap('Variables');
  for (const name of Object.keys(variables)) checkVariableName(name);
  return variables;
}

function readCode(
  { logicalId, properties, stack }: Pick<Resource, 'logicalId' | 'properties' | 'stack'>,
  inlineCodeDirectory: string,
): string {
  const { assets, directory, codeDirectories } = stack.source;
  const given = codeDirectories?.get(logicalId);
  if (given !== undefined) return given;
  const local = directory === undefined ? undefined : properties.textOrObject('Code');
  if (local !== undefined) return localCode(resolve(directory ?? '', local));
  const code = properties.nested('Code');
  const inline = code.optionalText('ZipFile');
  if (inline !== undefined)
    return writeInlineCode(
      join(inlineCodeDirectory, fileNameOf(stack.source.name), fileNameOf(logicalId)),
      inline,
    );
  const key = code.optionalText('S3Key');
  if (directory !== undefined) {
    throw new TemplateProblem(
      `its code is not in the template: say where it lies, as in ${logicalId}=./folder`,
    );
  }
  if (key === undefined) throw new TemplateProblem('its code is neither inline nor an asset of the assembly');
  const asset = assets.get(key);
  if (asset === undefined)
    throw new TemplateProblem(`its code ${key} is not an unpacked asset of the assembly`);
  return asset;
}

/** A path as `aws cloudformation package` takes it: a folder, or the one file of the code. */
function localCode(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new TemplateProblem(`its code ${path} does not exist`);
  if (found.isDirectory()) return path;
  if (path.endsWith('.zip')) throw new TemplateProblem(`its code ${path} is packed; unpack it into a folder`);
  return dirname(path);
}

/** Lambda puts inline code into index.js, whatever the handler says. */
function writeInlineCode(directory: string, text: string): string {
  makeDirectory(directory, privateFolder);
  writeFileSync(join(directory, 'index.js'), text, { mode: privateFile });
  return directory;
}

function readPermission({ properties }: Resource): PermissionModel[] {
  const action = properties.text('Action');
  if (action !== 'lambda:InvokeFunction' && action !== 'lambda:*') return [];
  const sourceArn = properties.optionalText('SourceArn');
  return [{ principal: properties.text('Principal'), ...(sourceArn === undefined ? {} : { sourceArn }) }];
}

function readAsynchronous(config: Resource | undefined, problems: Problems): AsynchronousModel {
  const { maximumRetryAttempts, maximumEventAgeSeconds } = defaults;
  if (config === undefined) return { maximumRetryAttempts, maximumEventAgeSeconds };
  const { properties, subject } = config;
  const read = problems.attempt(subject, () => {
    const onFailure = readDestination(config);
    return {
      maximumRetryAttempts: numberWithin(properties, 'MaximumRetryAttempts') ?? maximumRetryAttempts,
      maximumEventAgeSeconds: numberWithin(properties, 'MaximumEventAgeInSeconds') ?? maximumEventAgeSeconds,
      ...(onFailure === undefined ? {} : { onFailure }),
    };
  });
  return read ?? { maximumRetryAttempts, maximumEventAgeSeconds };
}

function readDestination({ properties }: Resource): string | undefined {
  const qualifier = properties.text('Qualifier');
  if (qualifier !== '$LATEST')
    throw new TemplateProblem(`the qualifier ${qualifier} is not supported, only $LATEST`);
  const destinations = properties.nested('DestinationConfig');
  if (destinations.names.includes('OnSuccess'))
    throw new TemplateProblem('a destination OnSuccess is not supported');
  const destination = destinations.nested('OnFailure').optionalText('Destination');
  if (destination !== undefined && !/^arn:[^:]+:(sqs|sns):/.test(destination)) {
    throw new TemplateProblem(`the destination ${destination} is not supported, only queues and topics`);
  }
  return destination;
}

/** By the function that a resource's FunctionName means: its name or its ARN. */
function groupByFunction(
  resources: readonly Resource[],
  functions: readonly Resource[],
  problems: Problems,
): Map<Resource, Resource[]> {
  const groups = new Map<Resource, Resource[]>();
  for (const resource of resources) {
    const name = problems.attempt(resource.subject, () => resource.properties.text('FunctionName'));
    if (name === undefined) continue;
    const found = functions.find(({ identity }) =>
      [identity.reference, identity.attributes['Arn']].includes(name),
    );
    if (found === undefined)
      problems.add(resource.subject, `the function ${name} is none of this template's`);
    else groups.set(found, [...(groups.get(found) ?? []), resource]);
  }
  return groups;
}
