import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { Refusal } from '../../local/src/command-line/index.ts';
import { keyFile, readOrCreate } from './private-files.ts';

export const signingAlgorithm = 'RS256';

/** The key that signs the local tokens. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** What the key set publishes; nothing private in it. */
  readonly publicJwk: JWK;
}

/** The signing key of a data folder, made at its first use. @throws Refusal when its file is damaged. */
export async function loadSigningKey(dataDirectory: string): Promise<SigningKey> {
  const path = keyFile(dataDirectory, 'signing-key.pem');
  const privateKey = parse(await readOrCreate(path, createPem));
  if (privateKey === undefined) {
    throw new Refusal(
      `The signing key ${path} is damaged; delete it, and the next start makes a new one (older tokens end with it).`,
    );
  }
  const jwk = await exportJWK(createPublicKey(privateKey));
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey, publicJwk: { ...jwk, kid, alg: signingAlgorithm, use: 'sig' } };
}

async function createPem(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function parse(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key : undefined;
  } catch {
    return undefined;
  }
}
