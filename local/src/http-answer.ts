export interface HttpAnswer {
  readonly status: number;
  /** ASCII, in the order in which they are written; one that says the body's length, unless there can be no body. */
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

/** An answer whose body is JSON text, or empty. */
export function jsonAnswer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const own = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  return { status, headers: { ...own, ...headers }, body };
}
