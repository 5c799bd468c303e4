const blankLine = Buffer.from('\r\n\r\n');
/** The end of a body in pieces. It stands in none of them, as JSON has no line break within a text. */
const lastPiece = Buffer.from('\r\n0\r\n\r\n');
const contentLength = /\r\ncontent-length: *(\d+)/i;

/** Reads one HTTP answer with a body of JSON, chunk by chunk: true for the chunk with which it is whole. */
export type AnswerScanner = (chunk: Buffer) => boolean;

export function answerScanner(): AnswerScanner {
  let head: Buffer = Buffer.alloc(0);
  let body: AnswerScanner | undefined;
  return (chunk) => {
    if (body !== undefined) return body(chunk);
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    const headEnd = head.indexOf(blankLine);
    if (headEnd === -1) return false;
    body = bodyScanner(head.toString('latin1', 0, headEnd));
    return body(head.subarray(headEnd + blankLine.length));
  };
}

function bodyScanner(head: string): AnswerScanner {
  const [, length] = contentLength.exec(head) ?? [];
  return length === undefined ? piecesScanner() : lengthScanner(Number(length));
}

function lengthScanner(length: number): AnswerScanner {
  let missing = length;
  return (chunk) => (missing -= chunk.length) <= 0;
}

function piecesScanner(): AnswerScanner {
  let end: Buffer = Buffer.from('\r\n');
  return (chunk) => {
    end = Buffer.concat([end, chunk.subarray(-lastPiece.length)]).subarray(-lastPiece.length);
    return end.equals(lastPiece);
  };
}
