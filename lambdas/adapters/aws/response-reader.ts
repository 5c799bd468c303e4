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
const connectionHeader = headerNamed('connection');
const transferEncoding = headerNamed('transfer-encoding');
const contentLength = headerNamed('content-length');

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
    // 100 Continue and its kind: the answer is yet to come.
    if (this.#status < 200) return 'on';
    const connection = valueOf(connectionHeader, head)?.toLowerCase();
    this.#keptAlive = status[1] === '1' ? connection !== 'close' : connection === 'keep-alive';
    return this.#readFraming(head);
  }

  #readFraming(head: string): 'on' | 'whole' {
    if (this.#status === 204 || this.#status === 304) return 'whole';
    if (valueOf(transferEncoding, head) !== undefined) {
      this.#expecting = 'chunk size';
      return 'on';
    }
    const length = valueOf(contentLength, head);
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
    if (at === -1) {
      if (this.#unread.length > maximumHeadBytes) throw new MalformedResponse('the head does not end');
      return undefined;
    }
    const text = this.#unread.toString('latin1', 0, at);
    this.#unread = this.#unread.subarray(at + mark.length);
    return text;
  }
}

/** The value of the header that a pattern of `headerNamed` finds in a head. */
function valueOf(pattern: RegExp, head: string): string | undefined {
  return pattern.exec(head)?.[1]?.trim();
}

function headerNamed(name: string): RegExp {
  return new RegExp(`\r\n${name}:([^\r\n]*)`, 'i');
}
