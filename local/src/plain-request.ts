/** An HTTP/1.1 request in which nothing needs more than a glance: what clients of these services send nearly always. */
export interface PlainRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  /** By lower-case name; each stands once. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

const blankLine = Buffer.from('\r\n\r\n');
/** The methods in use, whose answers have a body; visible characters and blanks only, no tab, no folded line. */
const plainHead = /^(GET|POST) (\/[!-~]*) HTTP\/1\.1(?:\r\n[\w-]+:[ -~]*)+$/;
const digits = /^\d{1,15}$/;
/** What Node.js reads of a head at most. */
const maximumHeadBytes = 16 * 1024;
const maximumHeaders = 1000;

/** Headers that ask for more than an answer on a connection that stays open. */
const demanding = ['expect', 'proxy-connection', 'transfer-encoding', 'upgrade'];

/**
 * Reads a chunk that is one whole plain request and nothing else. Undefined for everything else, malformed or only
 * unusual: that is for a complete parser.
 */
export function readPlainRequest(chunk: Buffer): PlainRequest | undefined {
  const headEnd = chunk.indexOf(blankLine);
  if (headEnd === -1 || headEnd > maximumHeadBytes) return undefined;
  const head = chunk.toString('latin1', 0, headEnd);
  const [, method, url] = plainHead.exec(head) ?? [];
  if (method === undefined || url === undefined) return undefined;
  const headers = headersOf(head);
  if (headers === undefined || !isPlain(headers)) return undefined;
  const body = chunk.subarray(headEnd + blankLine.length);
  const length = headers.get('content-length') ?? '0';
  return digits.test(length) && Number(length) === body.length ? { method, url, headers, body } : undefined;
}

/** Undefined when a name stands twice, which means something else for each header. */
function headersOf(head: string): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (let at = head.indexOf('\r\n') + 2, end = 0; end !== -1; at = end + 2) {
    end = head.indexOf('\r\n', at);
    const colon = head.indexOf(':', at);
    const name = head.slice(at, colon).toLowerCase();
    if (headers.has(name)) return undefined;
    headers.set(name, head.slice(colon + 1, end === -1 ? head.length : end).trim());
  }
  return headers;
}

function isPlain(headers: ReadonlyMap<string, string>): boolean {
  const connection = headers.get('connection')?.toLowerCase() ?? 'keep-alive';
  if (!headers.has('host') || headers.size > maximumHeaders) return false;
  return connection === 'keep-alive' && !demanding.some((name) => headers.has(name));
}
