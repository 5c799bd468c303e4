import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import { payloadOf, RequestSigner } from '../../../../lambdas/adapters/aws/signature.ts';

const host = 'abc1234567.execute-api.eu-central-1.amazonaws.com';
const region = 'eu-central-1';
const accessKeyId = 'AKIDEXAMPLE';
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

describe('the signature of a request is the one that the AWS SDK makes', () => {
  it.each([
    ['with long-lived credentials', { accessKeyId, secretAccessKey }],
    ['with credentials of a role', { accessKeyId, secretAccessKey, sessionToken: 'a/token+with=signs' }],
  ])('%s', async (_, credentials) => {
    const signer = new RequestSigner({ service: 'execute-api', region, host, credentials });
    for (const [id, frame, at] of [
      ['JC1d_f9yoAMCK-g=', '{"type":"message","text":"naïve 🐝"}', '2026-11-23T09:30:00.123Z'],
      ['a+b/c~d', '', '2026-11-24T00:00:00.000Z'],
    ] as const) {
      const path = `/live/@connections/${encodeURIComponent(id)}`;
      const now = new Date(at);
      const lines = signer.headerLines({ method: 'POST', path, payload: payloadOf(frame) }, now);
      expect(lines).toContain(`authorization: ${await sdkSignature(path, frame, now, credentials)}\r\n`);
    }
  });
});

async function sdkSignature(
  path: string,
  body: string,
  signingDate: Date,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
): Promise<string | undefined> {
  const signer = new SignatureV4({
    credentials,
    region,
    service: 'execute-api',
    sha256: NodeSha256,
    applyChecksum: false,
  });
  const request = {
    method: 'POST',
    protocol: 'https:',
    hostname: host,
    path,
    headers: { host },
    body,
    query: {},
  };
  const { headers } = await signer.sign(request, { signingDate });
  return headers['authorization'];
}

/** Node's hash in the form that the SDK's signer takes. */
class NodeSha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', binary(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(binary(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

function binary(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
