/**
 * What the person who started the local run must know: the message is one sentence (or one a line) that says what is
 * wrong and what would be right, to be printed without a stack trace.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
