import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import {
  locateEngine,
  type OutputSink,
  type Running,
  startLocal,
  takeDataFolder,
} from '../../local/src/index.ts';
import {
  keepProcesses,
  printable,
  privateFile,
  Refusal,
  sdkNotice,
  type Teardown,
} from '../../local/src/command-line/index.ts';
import { outputs as outputNames } from '../../lambdas/contract/outputs.ts';
import { startKeyServer, type KeyServer } from '../issuer/key-server.ts';
import { loadServerIdentity, type ServerIdentity } from '../issuer/server-identity.ts';
import { loadSigningKey } from '../issuer/signing-key.ts';
import { announce, withdraw, type Addresses } from '../running.ts';
import { localRun } from '../settings.ts';
import { localContext } from './context.ts';
import { originHints } from './origin-hint.ts';
import { reservePort } from './reserved-port.ts';
import { createRunDirectory } from './run-directory.ts';
import type { StartOptions } from './start-options.ts';
import { synthesize } from './synthesize.ts';

export interface LaunchPorts {
  /** Gets how to undo each thing as soon as it is done, so that it also undoes half a start. */
  readonly teardown: Teardown;
  /** Gives up the start; the promise rejects then. */
  readonly signal: AbortSignal;
  /** Says what happens, a line a call. */
  readonly note: (line: string) => void;
  readonly pid: number;
  readonly now: () => number;
  readonly environment: NodeJS.ProcessEnv;
}

export interface Instance {
  readonly addresses: Addresses;
  /** Settles with a sentence when a part of it ended that nobody stopped. */
  readonly died: Promise<string>;
}

const projectDirectory = join(import.meta.dirname, '../..');

/**
 * Starts the application: the issuer's keys, the synthesized template, and everything that the template asks for.
 *
 * @throws Refusal for whatever the person who started it can put right.
 */
export async function launch(options: StartOptions, ports: LaunchPorts): Promise<Instance> {
  const { dataDirectory } = options;
  const { teardown, signal, note, pid } = ports;
  // A missing engine is said before the seconds that a synthesis takes.
  locateEngine(ports.environment);
  const reserved = teardown.add(await reservePort(options.port), (it) => it.release());
  // Whether the folder is free, too.
  if (!options.inMemory) teardown.add(takeDataFolder(dataDirectory), (folder) => folder.release());
  const issuer = await startIssuer(dataDirectory, ports);
  const directory = teardown.add(await createRunDirectory(dataDirectory, pid), (it) => it.remove());
  const assemblyDirectory = join(directory.path, 'assembly');
  const processes = teardown.add(keepProcesses(), (it) => it.stop());

  const warnings = await synthesize({
    processes,
    projectDirectory,
    outputDirectory: assemblyDirectory,
    context: localContext(options.context, {
      port: reserved.port,
      jwksUri: issuer.keyServer.jwksUri,
      origins: options.origins,
    }),
    environment: ports.environment,
    signal,
  });
  if (warnings !== '') note(warnings);

  const authorityFile = join(directory.path, 'authority.pem');
  await writeFile(authorityFile, issuer.identity.authority, { mode: privateFile });
  await reserved.release();
  const local = await startLocal({
    assemblyDirectory,
    dataDirectory,
    hasDataFolder: true,
    inMemory: options.inMemory,
    iam: options.iam,
    port: reserved.port,
    environment: ports.environment,
    // The functions fetch the issuer's keys, and believe the local authority besides the public ones.
    extraEnvironment: { NODE_EXTRA_CA_CERTS: authorityFile, [sdkNotice.name]: sdkNotice.off },
    log: note,
    output: noteOutput(note),
  });
  teardown.add(local, (it) => it.stop());
  signal.throwIfAborted();

  const addresses = addressesOf(local);
  teardown.add(await announce(dataDirectory, pid, addresses), () => withdraw(dataDirectory, pid));
  return { addresses, died: local.died };
}

function noteOutput(note: (line: string) => void): OutputSink {
  const hintOf = originHints();
  return ({ functionName, requestId, text }) => {
    note(printable(`${functionName} ${requestId ?? '-'} ${text}`));
    const hint = hintOf(text);
    if (hint !== undefined) note(hint);
  };
}

async function startIssuer(
  dataDirectory: string,
  { teardown, now }: LaunchPorts,
): Promise<{ readonly keyServer: KeyServer; readonly identity: ServerIdentity }> {
  const [signingKey, identity] = await Promise.all([
    loadSigningKey(dataDirectory),
    loadServerIdentity(dataDirectory, now()),
  ]);
  const keyServer = await startKeyServer({ issuer: localRun.issuer, signingKey, identity });
  teardown.add(keyServer, (it) => it.stop());
  return { keyServer, identity };
}

function addressesOf({ apis, lambdaUrl, dynamodbUrl, outputs }: Running): Addresses {
  const stage = apis[0]?.stages[0];
  const notifyFunction = outputs[outputNames.notifyFunctionName];
  if (stage === undefined || notifyFunction === undefined) {
    throw new Refusal(
      `The template has no WebSocket stage or no output ${outputNames.notifyFunctionName}; both are needed here.`,
    );
  }
  return {
    websocket: stage.websocketUrl,
    management: stage.managementUrl,
    lambda: lambdaUrl,
    dynamodb: dynamodbUrl,
    notifyFunction,
  };
}
