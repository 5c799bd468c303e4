/** Where randomness comes from: `size` bytes that nobody can guess. */
export type RandomBytes = (size: number) => Uint8Array;

const connectionIdForm = /^[A-Za-z0-9_-]{15}=$/;

/** Eleven bytes fill fifteen characters of base64url and one of padding, which is the form of API Gateway's ids. */
export function newId(random: RandomBytes): string {
  return `${Buffer.from(random(11)).toString('base64url')}=`;
}

/** Recorded message ids end like the id of their connection. */
export function newMessageId(random: RandomBytes, connectionId: string): string {
  return Buffer.from(random(6)).toString('base64url') + connectionId.slice(8);
}

/** Such as `Root=1-63fb2e1a-0123456789abcdef01234567`: epoch seconds, then 96 random bits. */
export function newTraceId(random: RandomBytes, now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${seconds}-${Buffer.from(random(12)).toString('hex')}`;
}

/** Whether API Gateway would look the id up at all; anything else is a bad request, not a connection that is gone. */
export function isConnectionId(text: string): boolean {
  return connectionIdForm.test(text);
}
