import { createHmac, hash } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What the signatures for one API have in common. */
export interface SigningScope {
  /** The service's name in signatures, such as `execute-api`. */
  readonly service: string;
  readonly region: string;
  /** Without the port where it is the scheme's own, as the Host header says it. */
  readonly host: string;
  readonly credentials: Credentials;
}

/** A request's body; what was found out about it serves every request that carries it. */
export interface Payload {
  readonly text: string;
  /** In UTF-8. */
  readonly bytes: number;
  /** SHA-256 in hexadecimal digits, which a signature covers. */
  readonly hash: string;
}

export function payloadOf(text: string): Payload {
  return { text, bytes: Buffer.byteLength(text), hash: hash('sha256', text) };
}

export interface Signable {
  readonly method: string;
  /** Percent-encoded, as it goes over the wire. */
  readonly path: string;
  /** To be sent and signed besides the signature's own, by name in small letters. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload: Payload;
}

/** Headers in the three forms that a signed request needs. */
interface SignedHeaders {
  readonly lines: string;
  readonly canonical: string;
  readonly names: string;
}

/**
 * Signs requests with Signature Version 4 ("AWS Signature Version 4 for API requests", IAM user guide). The key is derived
 * once a day, and what most requests have in common is written once a second, so that a request costs one hash and one
 * HMAC.
 */
export class RequestSigner {
  readonly #scope: SigningScope;
  #second = Number.NaN;
  #time = '';
  #day = '';
  #key: Buffer = Buffer.alloc(0);
  #common: SignedHeaders = { lines: '', canonical: '', names: '' };

  constructor(scope: SigningScope) {
    this.#scope = scope;
  }

  /** The header lines of a request, `host` and `authorization` included, each with its end. */
  headerLines({ method, path, headers, payload }: Signable, now: Date): string {
    this.#keepTime(now);
    const { service, region, credentials } = this.#scope;
    const { lines, canonical, names } = headers === undefined ? this.#common : this.#with(headers);
    const scope = `${this.#day}/${region}/${service}/aws4_request`;
    const request = `${method}\n${encodedAgain(path)}\n\n${canonical}\n${names}\n${payload.hash}`;
    const signature = createHmac('sha256', this.#key)
      .update(`AWS4-HMAC-SHA256\n${this.#time}\n${scope}\n${hash('sha256', request)}`)
      .digest('hex');
    return `${lines}authorization: AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}\r\n`;
  }

  #keepTime(now: Date): void {
    const second = Math.floor(now.getTime() / 1000);
    if (second === this.#second) return;
    this.#second = second;
    this.#time = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
    const day = this.#time.slice(0, 8);
    if (day !== this.#day) this.#key = this.#keyOf(day);
    this.#day = day;
    this.#common = this.#with({});
  }

  #with(headers: Readonly<Record<string, string>>): SignedHeaders {
    const { host, credentials } = this.#scope;
    const token = credentials.sessionToken;
    const signed = Object.entries({
      host,
      'x-amz-date': this.#time,
      ...(token === undefined ? {} : { 'x-amz-security-token': token }),
      ...headers,
    }).toSorted(([one], [other]) => (one < other ? -1 : 1));
    return {
      lines: signed.map(([name, value]) => `${name}: ${value}\r\n`).join(''),
      canonical: signed.map(([name, value]) => `${name}:${value}\n`).join(''),
      names: signed.map(([name]) => name).join(';'),
    };
  }

  #keyOf(day: string): Buffer {
    const { region, service, credentials } = this.#scope;
    return [day, region, service, 'aws4_request'].reduce<Buffer>(
      (key, part) => createHmac('sha256', key).update(part).digest(),
      Buffer.from(`AWS4${credentials.secretAccessKey}`),
    );
  }
}

/** A signature covers the path encoded once more than the wire has it; every service but S3 wants it so. */
function encodedAgain(path: string): string {
  return encodeURIComponent(path).replaceAll('%2F', '/');
}
