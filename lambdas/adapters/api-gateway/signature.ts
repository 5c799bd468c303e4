import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What the signatures for one API have in common. */
export interface SigningScope {
  readonly region: string;
  /** Without the port where it is the scheme's own, as the Host header says it. */
  readonly host: string;
  readonly credentials: Credentials;
}

/** The hash of a body, which a signature covers; the same for every connection that a frame is posted to. */
export function payloadHash(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

const signed = 'host;x-amz-date';
const signedWithToken = `${signed};x-amz-security-token`;

/**
 * Signs requests to API Gateway with Signature Version 4 ("AWS Signature Version 4 for API requests", IAM user
 * guide). The key of a day is derived once, so that a request costs one hash and one HMAC.
 */
export class RequestSigner {
  readonly #scope: SigningScope;
  #day = '';
  #key = Buffer.alloc(0);

  constructor(scope: SigningScope) {
    this.#scope = scope;
  }

  /** The headers of a request to `path`, which is percent-encoded as it goes over the wire. */
  headers(method: string, path: string, hash: string, now: Date): Record<string, string> {
    const { host, credentials } = this.#scope;
    const { accessKeyId, sessionToken } = credentials;
    const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
    const scope = `${time.slice(0, 8)}/${this.#scope.region}/execute-api/aws4_request`;
    const tokenLine = sessionToken === undefined ? '' : `x-amz-security-token:${sessionToken}\n`;
    const names = sessionToken === undefined ? signed : signedWithToken;
    const request = `${method}\n${encodedAgain(path)}\n\nhost:${host}\nx-amz-date:${time}\n${tokenLine}\n${names}\n${hash}`;
    const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${createHash('sha256').update(request).digest('hex')}`;
    const signature = createHmac('sha256', this.#keyOf(time.slice(0, 8)))
      .update(text)
      .digest('hex');
    return {
      host,
      'x-amz-date': time,
      ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    };
  }

  #keyOf(day: string): Buffer {
    if (day !== this.#day) {
      const parts = [day, this.#scope.region, 'execute-api', 'aws4_request'];
      this.#key = parts.reduce(
        (key, part) => createHmac('sha256', key).update(part).digest(),
        Buffer.from(`AWS4${this.#scope.credentials.secretAccessKey}`),
      );
      this.#day = day;
    }
    return this.#key;
  }
}

/** A signature covers the path encoded once more than the wire has it; every service but S3 wants it so. */
function encodedAgain(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
