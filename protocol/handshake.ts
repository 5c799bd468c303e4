/** The sub-protocol that a client offers beside its token, and the only one that the server answers with. */
export const subprotocol = 'lobbybee.v1';

/** What to offer in `Sec-WebSocket-Protocol`: `new WebSocket(url, offer(token))`. */
export function offer(token: string): [string, string] {
  return [subprotocol, token];
}

/** The token in a `Sec-WebSocket-Protocol` header, or undefined unless it is exactly what `offer` makes. */
export function tokenOffered(header: string): string | undefined {
  const [first, token, ...more] = header.split(',').map((part) => part.trim());
  return first === subprotocol && token !== undefined && token !== '' && more.length === 0
    ? token
    : undefined;
}
