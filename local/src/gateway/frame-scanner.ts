const FIN_AND_RESERVED = 0xf0;
const CONTINUATION = 0;
const FIRST_CONTROL_OPCODE = 8;

/**
 * Reads along on a client's stream and notes the first data frame whose payload exceeds the limit.
 *
 * `ws` limits messages, not frames. The scanner looks at frame headers only, as they are on the wire; with a
 * compression extension the lengths would be those of compressed data.
 */
export class FrameScanner {
  readonly #limit: number;
  readonly #header = new Uint8Array(14);
  #headerBytes = 0;
  #payloadLeft = 0;
  #messagesBegun = 0;
  #oversizedMessage: number | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Which message, counted from one, holds the first frame that is too long. */
  get oversizedMessage(): number | undefined {
    return this.#oversizedMessage;
  }

  scan(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payloadLeft > 0) {
        const step = Math.min(this.#payloadLeft, chunk.length - at);
        this.#payloadLeft -= step;
        at += step;
      } else {
        this.#readHeaderByte(chunk[at] ?? 0);
        at += 1;
      }
    }
  }

  #readHeaderByte(byte: number): void {
    this.#header[this.#headerBytes] = byte;
    this.#headerBytes += 1;
    if (this.#headerBytes < 2 || this.#headerBytes < headerLength(this.#header)) return;
    this.#headerBytes = 0;
    this.#payloadLeft = payloadLength(this.#header);
    const opcode = (this.#header[0] ?? 0) & ~FIN_AND_RESERVED;
    if (opcode >= FIRST_CONTROL_OPCODE) return;
    if (opcode !== CONTINUATION) this.#messagesBegun += 1;
    if (this.#payloadLeft > this.#limit) this.#oversizedMessage ??= this.#messagesBegun;
  }
}

/** Two bytes, the extended length when there is one, and the mask (RFC 6455, section 5.2). */
function headerLength(header: Uint8Array): number {
  const second = header[1] ?? 0;
  const short = second & 0x7f;
  const mask = second & 0x80 ? 4 : 0;
  if (short === 126) return 2 + 2 + mask;
  if (short === 127) return 2 + 8 + mask;
  return 2 + mask;
}

function payloadLength(header: Uint8Array): number {
  const short = (header[1] ?? 0) & 0x7f;
  const view = new DataView(header.buffer);
  if (short === 126) return view.getUint16(2);
  if (short === 127) return Number(view.getBigUint64(2));
  return short;
}
