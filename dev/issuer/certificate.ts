/**
 * X.509 certificates (RFC 5280), as much of them as a TLS server on this machine needs: an authority, and a server
 * that it vouches for, both with P-256 keys.
 */
import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';

export interface CertificateRequest {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly name: string; readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly use: { readonly kind: 'authority' } | ServerUse;
  readonly notBefore: Date;
  /** Before the year 2050, from which on certificates write their times in another way. */
  readonly notAfter: Date;
}

export interface ServerUse {
  readonly kind: 'server';
  readonly dnsNames: readonly string[];
  /** Four bytes each. */
  readonly ipAddresses: readonly (readonly number[])[];
}

/** A signed certificate in PEM. */
export function issueCertificate(request: CertificateRequest): string {
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(serialNumber()),
    ecdsaWithSha256,
    commonName(request.issuer.name),
    sequence(utcTime(request.notBefore), utcTime(request.notAfter)),
    commonName(request.subject),
    spki(request.publicKey),
    explicit(3, sequence(...extensions(request))),
  );
  const signature = sign('sha256', toBeSigned, request.issuer.privateKey);
  const certificate = sequence(toBeSigned, ecdsaWithSha256, bitString(0, signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function extensions({ use, publicKey, issuer }: CertificateRequest): Buffer[] {
  const keyIds = [
    extension('2.5.29.14', false, octetString(keyId(publicKey))),
    extension('2.5.29.35', false, sequence(implicit(0, keyId(issuer.publicKey)))),
  ];
  if (use.kind === 'authority') {
    const keyCertSign = bitString(2, Buffer.of(0b0000_0100));
    return [
      extension('2.5.29.19', true, sequence(encode(0x01, Buffer.of(0xff)))),
      extension('2.5.29.15', true, keyCertSign),
      ...keyIds,
    ];
  }
  const digitalSignature = bitString(7, Buffer.of(0b1000_0000));
  const names = [
    ...use.dnsNames.map((name) => implicit(2, Buffer.from(name, 'ascii'))),
    ...use.ipAddresses.map((address) => implicit(7, Buffer.from(address))),
  ];
  return [
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.15', true, digitalSignature),
    extension('2.5.29.37', false, sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', false, sequence(...names)),
    ...keyIds,
  ];
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  const marker = critical ? [encode(0x01, Buffer.of(0xff))] : [];
  return sequence(objectIdentifier(id), ...marker, octetString(value));
}

/** Positive and unpredictable. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes;
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha256').update(spki(key)).digest().subarray(0, 20);
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function commonName(name: string): Buffer {
  const attribute = sequence(objectIdentifier('2.5.4.3'), encode(0x0c, Buffer.from(name, 'utf8')));
  return sequence(encode(0x31, attribute));
}

function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d{3}|[-:T]/g, '');
  return encode(0x17, Buffer.from(digits.slice(2), 'ascii'));
}

// DER (X.690): a tag, a length, a content.

function encode(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.of(tag), lengthOf(body), body]);
}

/** Under 128 one byte; above, the number of the bytes that follow and then those (two are enough here). */
function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.of(length);
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
}

function sequence(...items: readonly Buffer[]): Buffer {
  return encode(0x30, ...items);
}

function integer(bytes: Buffer): Buffer {
  return encode(0x02, bytes);
}

function octetString(content: Buffer): Buffer {
  return encode(0x04, content);
}

function bitString(unusedBits: number, content: Buffer): Buffer {
  return encode(0x03, Buffer.of(unusedBits), content);
}

function explicit(tag: number, content: Buffer): Buffer {
  return encode(0xa0 | tag, content);
}

function implicit(tag: number, content: Buffer): Buffer {
  return encode(0x80 | tag, content);
}

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return encode(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const low = value & 0x7f;
  return value < 0x80 ? [low] : [...base128(value >> 7).map((byte) => byte | 0x80), low];
}

const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
