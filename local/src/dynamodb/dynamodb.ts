import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { TableModel } from '../model.ts';
import { privateFile } from '../private-files.ts';
import type { ProcessKeeper } from '../processes.ts';
import { locateEngine, type Environment } from './engine-location.ts';
import { startEngine, type Engine } from './engine.ts';
import { startSweeper, type SweeperLimits } from './sweeper.ts';
import { ensureTables } from './tables.ts';

export interface DynamoDbOptions {
  readonly tables: readonly TableModel[];
  readonly region: string;
  readonly dataDirectory: string;
  /** Tables that are gone with the run. */
  readonly inMemory: boolean;
  /** Says where the engine is: DYNAMODB_ENDPOINT, DYNOXIDE_BIN, PATH. */
  readonly environment: Environment;
  readonly keeper: ProcessKeeper;
  readonly clock: Clock;
  readonly log: Log;
  readonly sweeper?: Partial<SweeperLimits> | undefined;
  /** Called once when the engine ends although nobody stopped it, with a sentence that says so. */
  onDeath(sentence: string): void;
}

export interface DynamoDb {
  readonly url: string;
  /** The engine's process, unless it is not ours. */
  readonly pid?: number;
  stop(): Promise<void>;
}

/**
 * Starts DynamoDB with the tables of the template, and what removes expired rows.
 *
 * @throws Refusal for a missing engine, or data that was written for another template; nothing stays running then.
 */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const { tables, region, dataDirectory, inMemory, environment, keeper, clock, log } = options;
  const location = locateEngine(environment);
  const engine = await startEngine({
    location,
    keeper,
    onDeath: (sentence) => options.onDeath(sentence),
    connect: (endpoint) => new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1 }),
    ...(inMemory ? {} : { databaseFile: privateDatabase(join(dataDirectory, 'dynamodb.sqlite')) }),
  });
  try {
    await ensureTables(engine.client, tables, location.kind === 'endpoint' ? location.url : dataDirectory);
  } catch (error) {
    await engine.stop();
    throw error;
  }
  const sweeper = startSweeper({
    client: engine.client,
    tables,
    clock,
    log,
    limits: options.sweeper,
  });
  return running(engine, () => sweeper.stop());
}

/** SQLite gives its other files the mode of this one, and takes an empty file for a new database. */
function privateDatabase(file: string): string {
  closeSync(openSync(file, 'a', privateFile));
  return file;
}

function running(engine: Engine, stopSweeper: () => Promise<void>): DynamoDb {
  return {
    url: engine.url,
    ...(engine.pid === undefined ? {} : { pid: engine.pid }),
    async stop() {
      await stopSweeper();
      await engine.stop();
    },
  };
}

/** Any will do: the engine asks for a signature and does not check it. */
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
