import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { startKeyServer } from '../../../dev/issuer/key-server.ts';
import { loadServerIdentity } from '../../../dev/issuer/server-identity.ts';
import { loadSigningKey } from '../../../dev/issuer/signing-key.ts';
import { localContext } from '../../../dev/run/context.ts';
import { synthesize } from '../../../dev/run/synthesize.ts';
import { localRun } from '../../../dev/settings.ts';
import { outputs } from '../../../lambdas/contract/outputs.ts';
import { keepProcesses, sdkNotice, Teardown } from '../../../local/src/command-line/index.ts';
import { type RunOptions, startLocal } from '../../../local/src/index.ts';
import type { Addresses } from './service.ts';

const resource = v.looseObject({
  Type: v.string(),
  Properties: v.optional(v.record(v.string(), v.unknown())),
});
const template = v.looseObject({ Resources: v.record(v.string(), resource) });

/** A synthesized template, to be changed in place. */
export type EditableTemplate = v.InferOutput<typeof template>;

export interface RunningApplication extends Addresses {
  /** The engine itself, without what stands before it. */
  readonly engine: string;
  readonly tableName: string;
  readonly dataDirectory: string;
  /** What the functions have written. */
  readonly output: readonly string[];
  /** What the local run itself has said. */
  readonly said: readonly string[];
  stop(): Promise<void>;
}

/** The application's own template, to be run in this process, as it is or with something changed. */
export class Application {
  readonly dataDirectory: string;
  readonly assemblyDirectory: string;
  readonly #teardown: Teardown;

  private constructor(dataDirectory: string, teardown: Teardown) {
    this.dataDirectory = dataDirectory;
    this.assemblyDirectory = join(dataDirectory, 'assembly');
    this.#teardown = teardown;
  }

  /** Synthesizes as `npm start` does, and starts the issuer that the template trusts. */
  static async synthesized(): Promise<Application> {
    const teardown = new Teardown();
    const dataDirectory = await mkdtemp(join(tmpdir(), 'lobbybee-'));
    teardown.add(dataDirectory, (path) => rm(path, { recursive: true, force: true }));
    const application = new Application(dataDirectory, teardown);
    const [signingKey, identity] = await Promise.all([
      loadSigningKey(dataDirectory),
      loadServerIdentity(dataDirectory, Date.now()),
    ]);
    writeFileSync(application.#authorityFile, identity.authority);
    const keyServer = await startKeyServer({ issuer: localRun.issuer, signingKey, identity });
    teardown.add(keyServer, (server) => server.stop());
    const processes = teardown.add(keepProcesses(), (keeper) => keeper.stop());
    await synthesize({
      processes,
      projectDirectory: join(import.meta.dirname, '../../..'),
      outputDirectory: application.assemblyDirectory,
      context: localContext(new Map(), {
        port: localRun.port,
        jwksUri: keyServer.jwksUri,
        origins: [],
      }),
      environment: process.env,
      signal: new AbortController().signal,
    });
    return application;
  }

  /** Runs it until it is stopped. */
  async start(
    options: Partial<RunOptions> = {},
    change: (template: EditableTemplate) => void = () => undefined,
  ): Promise<RunningApplication> {
    const directory = await mkdtemp(join(this.dataDirectory, 'run-'));
    const assemblyDirectory = join(directory, 'assembly');
    cpSync(this.assemblyDirectory, assemblyDirectory, { recursive: true });
    editTemplate(assemblyDirectory, change);
    const output: string[] = [];
    const said: string[] = [];
    const local = await startLocal({
      assemblyDirectory,
      dataDirectory: directory,
      inMemory: true,
      extraEnvironment: { NODE_EXTRA_CA_CERTS: this.#authorityFile, [sdkNotice.name]: sdkNotice.off },
      log: (line) => void said.push(line),
      output: ({ functionName, text }) => output.push(`${functionName} ${text}`),
      ...options,
    });
    const [stage] = local.apis[0]?.stages ?? [];
    return {
      websocket: stage?.websocketUrl ?? '',
      management: stage?.managementUrl ?? '',
      lambda: local.lambdaUrl,
      dynamodb: local.dynamodbUrl,
      engine: local.engineUrl,
      notifyFunction: local.outputs[outputs.notifyFunctionName] ?? '',
      tableName: local.outputs[outputs.tableName] ?? '',
      dataDirectory: this.dataDirectory,
      output,
      said,
      stop: () => local.stop(),
    };
  }

  /** Ends the issuer and removes every file. */
  remove(): Promise<void> {
    return this.#teardown.run();
  }

  get #authorityFile(): string {
    return join(this.dataDirectory, 'authority.pem');
  }
}

function editTemplate(assemblyDirectory: string, change: (template: EditableTemplate) => void): void {
  const name = readdirSync(assemblyDirectory).find((file) => file.endsWith('.template.json'));
  const file = join(assemblyDirectory, name ?? '');
  const edited = v.parse(v.pipe(v.string(), v.parseJson(), template), readFileSync(file, 'utf8'));
  change(edited);
  writeFileSync(file, JSON.stringify(edited));
}
