import { createPrivateKey, X509Certificate } from 'node:crypto';
import { Refusal } from '../../local/src/command-line/index.ts';
import { createServerPem } from './certificate.ts';
import { keyFile, readOrCreate, replace } from './private-files.ts';

/** What a TLS server on 127.0.0.1 and localhost shows, all in PEM. */
export interface ServerIdentity {
  readonly privateKey: string;
  readonly certificate: string;
  /** Certificate of the authority that vouches for it; a client trusts this one. */
  readonly authority: string;
}

const day = 24 * 60 * 60 * 1000;
const lifetime = 365 * day;
/** A longer run than this is unlikely, and a certificate never changes while one runs. */
const renewalBefore = 30 * day;

/**
 * The TLS identity of a data folder, made at its first use and made anew in its last month.
 *
 * @throws Refusal when its file is damaged.
 */
export async function loadServerIdentity(dataDirectory: string, now: number): Promise<ServerIdentity> {
  const path = keyFile(dataDirectory, 'tls.pem');
  const stored = parse(await readOrCreate(path, () => createPem(now)));
  if (stored === undefined) {
    throw new Refusal(`The TLS identity ${path} is damaged; delete it, and the next start makes a new one.`);
  }
  if (Date.parse(new X509Certificate(stored.certificate).validTo) - now > renewalBefore) return stored;
  const renewed = await createPem(now);
  await replace(path, renewed);
  return parse(renewed) ?? stored;
}

/** One file for all three, so that they always belong together. */
function createPem(now: number): Promise<string> {
  return createServerPem({ notBefore: new Date(now - day), notAfter: new Date(now + lifetime) });
}

function parse(pem: string): ServerIdentity | undefined {
  const [privateKey, certificate, authority] =
    pem.match(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----\n/g) ?? [];
  if (privateKey === undefined || certificate === undefined || authority === undefined) return undefined;
  try {
    const server = new X509Certificate(certificate);
    const issued = server.verify(new X509Certificate(authority).publicKey);
    const owned = server.checkPrivateKey(createPrivateKey(privateKey));
    return issued && owned ? { privateKey, certificate, authority } : undefined;
  } catch {
    return undefined;
  }
}
