import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ApplicationSource } from './assembly/application-source.ts';
import { readApplication } from './assembly/read-assembly.ts';
import type { Callers } from './authorization.ts';
import { systemClock, type Clock } from './clock.ts';
import { takeDataFolder } from './data-folder.ts';
import { callReader } from './dynamodb/calls.ts';
import { startDynamoDb } from './dynamodb/dynamodb.ts';
import type { Environment } from './dynamodb/engine-location.ts';
import { startDynamoDbProxy } from './dynamodb/proxy.ts';
import type { SweeperLimits } from './dynamodb/sweeper.ts';
import type { Surroundings } from './functions/environment-variables.ts';
import type { OutputSink } from './functions/function-output.ts';
import { Functions, type FunctionLimits } from './functions/functions.ts';
import { startLambdaApi } from './functions/lambda-api.ts';
import { openLogFiles } from './functions/log-files.ts';
import { startWebSocketGateway, type WebSocketGateway } from './gateway/gateway.ts';
import type { GatewayLimits } from './gateway/limits.ts';
import { readCallers } from './iam/callers.ts';
import type { ObservedCall } from './iam/function-caller.ts';
import type { Log } from './log.ts';
import type { AssemblyModel, FunctionModel, WebSocketApiModel } from './model.ts';
import { apiHost, partitionOf } from './partition.ts';
import { makeDataFolder } from './private-files.ts';
import { hasProcessGroups, keepProcesses } from './processes.ts';
import { Teardown } from './teardown.ts';

export type LocalOptions = ApplicationSource & RunOptions;

export interface RunOptions {
  /** Holds the tables, `logs/`, `queues/` and what else must survive a stop. One run at a time has it. */
  readonly dataDirectory: string;
  /** Whoever starts this has taken the data folder already (`takeDataFolder`), and releases it. */
  readonly hasDataFolder?: boolean;
  /** Tables that are gone with the run; the data folder may then be shared. */
  readonly inMemory?: boolean;
  /** Of the first WebSocket API and its `@connections` API; a free one when absent or 0, as every other port is. */
  readonly port?: number;
  readonly lambdaPort?: number;
  /** Given to every function besides the template's variables, such as NODE_EXTRA_CA_CERTS. */
  readonly extraEnvironment?: Readonly<Record<string, string>>;
  /** Says where the DynamoDB engine is: DYNAMODB_ENDPOINT, DYNOXIDE_BIN, PATH. The process's own when absent. */
  readonly environment?: Environment;
  /** Whether functions have the rights of their roles and no others: true unless said. */
  readonly iam?: boolean;
  /** Gets every call of a function that IAM decided on. */
  readonly observeCalls?: (call: ObservedCall) => void;
  readonly clock?: Clock;
  readonly log: Log;
  /** Names each resource that is not run, instead of how many there are of a type. */
  readonly verbose?: boolean;
  /** Gets each line of the functions, which also goes to `<dataDirectory>/logs`. */
  readonly output?: OutputSink;
  readonly functionLimits?: Partial<FunctionLimits>;
  readonly gatewayLimits?: Partial<GatewayLimits>;
  readonly sweeper?: Partial<SweeperLimits>;
}

export interface Running {
  readonly apis: readonly RunningApi[];
  /** Endpoint of Lambda's Invoke API. */
  readonly lambdaUrl: string;
  readonly dynamodbUrl: string;
  /** The engine itself, which no check stands before: for whoever runs in this process and cannot wait for what does too. */
  readonly engineUrl: string;
  /** The template's outputs by logical id, in AWS's form. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly functions: readonly Pick<FunctionModel, 'logicalId' | 'name' | 'arn'>[];
  readonly tables: readonly { readonly logicalId: string; readonly name: string }[];
  /** Settles with a sentence when a part ended that nobody stopped; what is left should then be stopped. */
  readonly died: Promise<string>;
  /** Ends everything; settles when nothing of it is left. May be called again. */
  stop(): Promise<void>;
}

export interface RunningApi {
  readonly logicalId: string;
  readonly id: string;
  readonly name: string;
  readonly stages: readonly {
    readonly name: string;
    readonly websocketUrl: string;
    readonly managementUrl: string;
  }[];
}

/**
 * Runs an application on this machine: a synthesized cloud assembly, or a plain CloudFormation template. Settles when every
 * part answers and every function is loaded, or named in the log with the reason why its code does not load.
 *
 * @throws Refusal for whatever the person who started it can put right; nothing stays running then.
 */
export async function startLocal(options: LocalOptions): Promise<Running> {
  const teardown = new Teardown();
  try {
    return await start(options, teardown);
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function start(options: LocalOptions, teardown: Teardown): Promise<Running> {
  const { clock = systemClock, log, dataDirectory, inMemory = false } = options;
  const model = readApplication(options, { inlineCodeDirectory: join(dataDirectory, 'code') });
  sayWhatIsNotRun(model, log, options.verbose ?? false);
  if (!hasProcessGroups)
    log('This system cannot freeze a process: what a function leaves running runs on after its answer.');
  prepareDataFolder(options, teardown);
  const keeper = teardown.add(keepProcesses(), (processes) => processes.stop());
  const shared = { clock, log, dataDirectory, keeper };
  let reportDeath: ((sentence: string) => void) | undefined;
  const died = new Promise<string>((resolve) => {
    reportDeath = resolve;
  });

  const dynamodb = await startDynamoDb({
    ...shared,
    tables: model.tables,
    region: model.region,
    inMemory,
    environment: options.environment ?? process.env,
    sweeper: options.sweeper,
    onDeath: (sentence) => reportDeath?.(sentence),
  });
  teardown.add(dynamodb, (engine) => engine.stop());

  const callers = options.iam === false ? undefined : await enforceRoles(model, options, clock);
  const tables = await guardTables(dynamodb.url, callers, model, teardown);
  const addresses: Addresses = { dynamodb: tables, lambda: '', gateways: [] };
  const functions = new Functions({
    ...shared,
    functions: model.functions,
    ids: randomUUID,
    callers,
    output: outputOf(options, teardown),
    limits: options.functionLimits,
    surroundings: () => surroundingsOf(model, addresses, options.extraEnvironment ?? {}),
  });
  teardown.add(functions, (all) => all.stop());
  const hosts = [serviceHost('lambda', model)];
  const lambda = await startLambdaApi(functions, { port: options.lambdaPort ?? 0, hosts, callers });
  teardown.add(lambda, (api) => api.stop());
  addresses.lambda = lambda.url;
  const limits = options.gatewayLimits ?? {};
  const gatewayParts = { invoker: functions, callers, clock, log, limits, random };
  for (const [index, api] of model.webSocketApis.entries()) {
    const { account, region } = model;
    const port = index === 0 ? (options.port ?? 0) : 0;
    const gateway = await startWebSocketGateway({ ...gatewayParts, api, account, region, port });
    addresses.gateways.push({ api, gateway: teardown.add(gateway, (one) => one.stop()) });
  }

  await functions.load();
  const running = describeRun(model, addresses, died, () => teardown.run());
  return { ...running, engineUrl: dynamodb.url };
}

/** Tables in memory need no folder of their own; the other things in it are written for each run anew, or added to. */
function prepareDataFolder({ dataDirectory, inMemory, hasDataFolder }: RunOptions, teardown: Teardown): void {
  if (inMemory === true) makeDataFolder(dataDirectory);
  else if (hasDataFolder !== true) teardown.add(takeDataFolder(dataDirectory), (folder) => folder.release());
}

function enforceRoles(
  model: AssemblyModel,
  { log, observeCalls }: LocalOptions,
  clock: Clock,
): Promise<Callers> {
  return readCallers({ model, log, now: () => clock.now(), observe: observeCalls });
}

/** Starts the proxy before the engine, which refuses web pages and what a function's role does not allow; returns its address. */
async function guardTables(
  engineUrl: string,
  callers: Callers | undefined,
  model: AssemblyModel,
  teardown: Teardown,
): Promise<string> {
  const { account, region, tables } = model;
  const readCalls = callReader({ partition: partitionOf(region).name, account, region, tables });
  const hosts = [serviceHost('dynamodb', model)];
  const proxy = await startDynamoDbProxy({ engineUrl, callers, hosts, readCalls });
  return teardown.add(proxy, (one) => one.stop()).url;
}

/** Fetched in advance: asking the system costs the same for a few bytes as for thousands. */
let fetched = randomBytes(0);

function random(bytes: number): Buffer {
  if (fetched.length < bytes) fetched = randomBytes(Math.max(bytes, 4096));
  const taken = fetched.subarray(0, bytes);
  fetched = fetched.subarray(bytes);
  return taken;
}

/** Ports are known one after the other, and all of them before the first function runs. */
interface Addresses {
  /** Of the proxy before the engine. The engine's own address is told to nobody. */
  readonly dynamodb: string;
  lambda: string;
  readonly gateways: { readonly api: WebSocketApiModel; readonly gateway: WebSocketGateway }[];
}

/** Such as `lambda.eu-west-1.amazonaws.com`. */
function serviceHost(service: string, { region }: AssemblyModel): string {
  return `${service}.${region}.${partitionOf(region).urlSuffix}`;
}

function surroundingsOf(
  model: AssemblyModel,
  { dynamodb, lambda, gateways }: Addresses,
  extraEnvironment: Readonly<Record<string, string>>,
): Surroundings {
  const { region } = model;
  return {
    region,
    extraEnvironment,
    endpoints: { DYNAMODB: dynamodb, LAMBDA: lambda },
    redirects: Object.fromEntries<string>([
      ...gateways.map(({ api, gateway }) => [apiHost(api.id, region), `127.0.0.1:${gateway.port}`] as const),
      [serviceHost('dynamodb', model), new URL(dynamodb).host],
      [serviceHost('lambda', model), new URL(lambda).host],
    ]),
  };
}

function outputOf({ dataDirectory, log, output }: LocalOptions, teardown: Teardown): OutputSink {
  const files = teardown.add(openLogFiles(join(dataDirectory, 'logs'), log), (open) => open.close());
  return (line) => {
    files.write(line);
    output?.(line);
  };
}

/** One sentence for each type, since a stack may hold dozens of roles and alarms. */
function sayWhatIsNotRun({ notRun }: AssemblyModel, log: Log, verbose: boolean): void {
  const byType = new Map<string, string[]>();
  for (const { type, logicalId } of notRun) byType.set(type, [...(byType.get(type) ?? []), logicalId]);
  for (const [type, ids] of byType) {
    log(`Not run here: ${type} (${verbose ? ids.join(', ') : ids.length}).`);
  }
}

function describeRun(
  model: AssemblyModel,
  { dynamodb, lambda, gateways }: Addresses,
  died: Promise<string>,
  stop: () => Promise<void>,
): Omit<Running, 'engineUrl'> {
  const apis = gateways.map(({ api: { logicalId, id, name, stages }, gateway }) => ({
    logicalId,
    id,
    name,
    stages: stages.map((stage) => ({
      name: stage.name,
      websocketUrl: gateway.websocketUrl(stage.name),
      managementUrl: gateway.managementUrl(stage.name),
    })),
  }));
  const { outputs, functions, tables } = model;
  return { apis, lambdaUrl: lambda, dynamodbUrl: dynamodb, outputs, functions, tables, died, stop };
}

export { readApplication } from './assembly/read-assembly.ts';
export { takeDataFolder } from './data-folder.ts';
export { locateEngine } from './dynamodb/engine-location.ts';
export type { OutputSink } from './functions/function-output.ts';
export type { ObservedCall } from './iam/function-caller.ts';
export { decide } from './iam/policy-engine.ts';
export type { AssemblyModel, FunctionModel, PolicyModel, RoleModel } from './model.ts';
