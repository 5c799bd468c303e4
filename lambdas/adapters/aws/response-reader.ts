/** An answer of an HTTP server. */
export interface HttpResponse {
  readonly status: number;
  readonly body: Buffer;
}

/** What a server sent is no HTTP/1.1 response. */
export class MalformedResponse extends Error {
  override readonly name = 'MalformedResponse';
}

/** More than this and the head of a response is refused. */
const maximumHeadBytes = 64 * 1024;

const nothing = Buffer.alloc(0);
const lineEnd = '\r\n';
const headEnd = '\r\n\r\n';
const statusLine = /^HTTP\/1\.([01]) (\d{3})(?: |\r|$)/;
/** The headers that say where a response ends, and whether another may follow. */
const framingHeader = /\r\n(connection|transfer-encoding|content-length):([^\r\n]*)/gi;
const closing = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i;
const keepingAlive = /(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i;

/** What comes next on the connection. */
type Expecting =
  /** Status line and headers. */
  | 'head'
  /** As many bytes as the headers announced. */
  | 'body'
  /** The line with the length of a chunk, its bytes, the line end after them. */
  | 'chunk size'
  | 'chunk'
  | 'chunk end'
  /** Headers after the last chunk, up to an empty line. */
  | 'trailer'
  /** Everything until the server closes. */
  | 'rest';

/**
 * Reads one HTTP/1.1 response out of the pieces in which a socket hands it over (RFC 9112, sections 6 and 7): a body of
 * an announced length, in chunks, or up to the end of the connection. Not for answers to HEAD.
 */
export class ResponseReader {
  #expecting: Expecting = 'head';
  #unread: Buffer = nothing;
  #left = 0;
  readonly #body: Buffer[] = [];
  #status = 0;
  #keptAlive = true;

  /** Whether another request may follow on the same connection; settled with the response. */
  get keptAlive(): boolean {
    return this.#keptAlive && this.#unread.length === 0;
  }

  /** Undefined until the response is whole. @throws MalformedResponse */
  read(piece: Buffer): HttpResponse | undefined {
    this.#unread = this.#unread.length === 0 ? piece : Buffer.concat([this.#unread, piece]);
    for (;;) {
      const step = this.#step();
      if (step === 'more needed') return undefined;
      if (step === 'whole') return this.#response();
    }
  }

  /** The connection has ended: undefined when the response broke off. */
  end(): HttpResponse | undefined {
    this.#keptAlive = false;
    return this.#expecting === 'rest' ? this.#response() : undefined;
  }

  #response(): HttpResponse {
    const [first = nothing] = this.#body;
    return { status: this.#status, body: this.#body.length > 1 ? Buffer.concat(this.#body) : first };
  }

  #step(): 'on' | 'more needed' | 'whole' {
    switch (this.#expecting) {
      case 'head':
        return this.#readHead();
      case 'chunk size':
        return this.#readChunkSize();
      case 'body':
      case 'chunk':
        return this.#readBytes();
      case 'rest':
        this.#left = this.#unread.length;
        this.#takeBytes();
        return 'more needed';
      case 'chunk end':
        if (this.#unread.length < 2) return 'more needed';
        if (this.#take(lineEnd) !== '') throw new MalformedResponse('a chunk is longer than announced');
        this.#expecting = 'chunk size';
        return 'on';
      case 'trailer': {
        const line = this.#take(lineEnd);
        if (line === undefined) return 'more needed';
        return line === '' ? 'whole' : 'on';
      }
    }
  }

  #readHead(): 'on' | 'more needed' | 'whole' {
    const head = this.#take(headEnd);
    if (head === undefined) return 'more needed';
    const status = statusLine.exec(head);
    if (!status) throw new MalformedResponse('the status line is none of HTTP/1.1');
    this.#status = Number(status[2]);
    if (this.#status === 101) throw new MalformedResponse('it switches to a protocol that nobody asked for');
    // 100 Continue and its kind: the answer is yet to come.
    if (this.#status < 200) return 'on';
    const framing = framingOf(head);
    const connection = framing.get('connection') ?? '';
    const kept = status[1] === '1' || keepingAlive.test(connection);
    this.#keptAlive = kept && !closing.test(connection);
    return this.#expectBody(framing.get('transfer-encoding'), framing.get('content-length'));
  }

  #expectBody(encoding: string | undefined, length: string | undefined): 'on' | 'whole' {
    if (this.#status === 204 || this.#status === 304) return 'whole';
    if (encoding !== undefined) {
      if (encoding.toLowerCase() !== 'chunked') throw new MalformedResponse('it comes in more than chunks');
      if (length !== undefined) throw new MalformedResponse('it comes in chunks, and has a length');
      this.#expecting = 'chunk size';
      return 'on';
    }
    if (length === undefined) {
      this.#expecting = 'rest';
      return 'on';
    }
    if (!/^\d+$/.test(length)) throw new MalformedResponse('the length is no number');
    this.#left = Number(length);
    this.#expecting = 'body';
    return this.#left === 0 ? 'whole' : 'on';
  }

  #readChunkSize(): 'on' | 'more needed' {
    const line = this.#take(lineEnd);
    if (line === undefined) return 'more needed';
    const size = /^[\da-f]+/i.exec(line);
    if (!size) throw new MalformedResponse('the length of a chunk is no number');
    this.#left = Number.parseInt(size[0], 16);
    this.#expecting = this.#left === 0 ? 'trailer' : 'chunk';
    return 'on';
  }

  #readBytes(): 'on' | 'more needed' | 'whole' {
    this.#takeBytes();
    if (this.#left > 0) return 'more needed';
    if (this.#expecting === 'body') return 'whole';
    this.#expecting = 'chunk end';
    return 'on';
  }

  #takeBytes(): void {
    const bytes = this.#unread.subarray(0, this.#left);
    if (bytes.length > 0) this.#body.push(bytes);
    this.#left -= bytes.length;
    this.#unread = this.#unread.subarray(bytes.length);
  }

  /** The text up to a mark, which is taken away with it. */
  #take(mark: string): string | undefined {
    const at = this.#unread.indexOf(mark, 0, 'latin1');
    const bytes = at === -1 ? this.#unread.length : at;
    if (bytes > maximumHeadBytes) throw new MalformedResponse('the head does not end');
    if (at === -1) return undefined;
    const text = this.#unread.toString('latin1', 0, at);
    this.#unread = this.#unread.subarray(at + mark.length);
    return text;
  }
}

/** By name. A header that comes more than once is one list (RFC 9110, section 5.3), which is no length and no encoding. */
function framingOf(head: string): ReadonlyMap<string, string> {
  const framing = new Map<string, string>();
  for (const [, name = '', value = ''] of head.matchAll(framingHeader)) {
    const key = name.toLowerCase();
    const before = framing.get(key);
    framing.set(key, before === undefined ? value.trim() : `${before},${value.trim()}`);
  }
  return framing;
}
