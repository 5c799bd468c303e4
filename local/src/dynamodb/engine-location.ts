import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { Refusal } from '../refusal.ts';

/** A DynamoDB that runs already, or the binary of one to be started. */
export type EngineLocation =
  { readonly kind: 'endpoint'; readonly url: string } | { readonly kind: 'binary'; readonly path: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * DYNAMODB_ENDPOINT, DYNOXIDE_BIN, the installed package, then `dynoxide` on the PATH.
 *
 * @throws Refusal when there is none of them, or when the one that is named cannot be used.
 */
export function locateEngine(
  environment: Environment,
  packaged: () => string | undefined = packagedBinary,
): EngineLocation {
  const { DYNAMODB_ENDPOINT: endpoint, DYNOXIDE_BIN: named, PATH: path = '' } = environment;
  if (endpoint !== undefined && endpoint !== '') return { kind: 'endpoint', url: endpointUrl(endpoint) };
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return { kind: 'binary', path: named };
    throw new Refusal(
      `DYNOXIDE_BIN names ${named}, which is not an executable file; name the dynoxide binary.`,
    );
  }
  const candidates = path.split(delimiter).map((directory) => join(directory, 'dynoxide'));
  const found = [packaged(), ...candidates].find((file) => file !== undefined && isExecutable(file));
  if (found !== undefined) return { kind: 'binary', path: found };
  throw new Refusal(
    'No DynamoDB engine was found: on Linux x64 "npm install" brings one (@dynoxide/linux-x64); elsewhere put a dynoxide ' +
      'binary on the PATH, name it in DYNOXIDE_BIN, or name a running DynamoDB Local in DYNAMODB_ENDPOINT.',
  );
}

function endpointUrl(endpoint: string): string {
  if (URL.canParse(endpoint) && endpoint.startsWith('http')) return new URL(endpoint).origin;
  throw new Refusal(`DYNAMODB_ENDPOINT is "${endpoint}"; it must be a URL such as http://127.0.0.1:8000.`);
}

/** An optional dependency, so that only the platforms that have it install it. */
function packagedBinary(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json');
    return join(dirname(manifest), 'dynoxide');
  } catch {
    return undefined;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
