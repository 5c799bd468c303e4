// What @peculiar/x509 builds its registry of extensions with.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { ...keyAlgorithm, hash: 'SHA-256' } as const;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A new key pair with the certificate made for it. */
interface Certified {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly certificate: X509Certificate;
}

/** An authority that may sign servers and no other authority. */
async function createAuthority(validity: Validity): Promise<Certified> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      ...validity,
      name: 'CN=LobbyBee local authority',
      keys,
      signingAlgorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { keys, certificate };
}

/** A server on this machine, whom the authority vouches for. */
async function createServer(authority: Certified, validity: Validity): Promise<Certified> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create(
    {
      ...validity,
      subject: 'CN=LobbyBee local issuer',
      issuer: authority.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: authority.keys.privateKey,
      signingAlgorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await AuthorityKeyIdentifierExtension.create(authority.keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { keys, certificate };
}

/**
 * Private key and certificate of a server on 127.0.0.1 and localhost, and the certificate of its authority: PEM, one
 * after the other. The authority's private key is not kept, so nothing else can ever be signed with it.
 */
export async function createServerPem(validity: Validity): Promise<string> {
  const authority = await createAuthority(validity);
  const server = await createServer(authority, validity);
  const privateKey = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', server.keys.privateKey));
  const pem = `-----BEGIN PRIVATE KEY-----\n${privateKey.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----`;
  return [pem, server.certificate.toString('pem'), authority.certificate.toString('pem'), ''].join('\n');
}
