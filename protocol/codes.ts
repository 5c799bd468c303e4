/** What a client should do after an error: nothing, at once again, later again, or with a new token. */
export type Retry = 'no' | 'now' | 'backoff' | 'reauth';

/** The error codes of the wire, each with its advice. */
export const retryOf = {
  BAD_REQUEST: 'no',
  UNKNOWN_ACTION: 'no',
  TOO_LARGE: 'no',
  NOT_FOUND: 'no',
  CONFLICT: 'no',
  OTHER_USER: 'no',
  CLOSED: 'no',
  LIMIT: 'no',
  TOKEN_EXPIRED: 'reauth',
  RATE_LIMITED: 'backoff',
  UNAVAILABLE: 'backoff',
  INTERNAL: 'backoff',
} as const satisfies Record<string, Retry>;

export type Code = keyof typeof retryOf;

/** The codes as a list that is never empty, as the schema library wants it. */
export const codes: readonly Code[] = [
  'BAD_REQUEST',
  'UNKNOWN_ACTION',
  'TOO_LARGE',
  'NOT_FOUND',
  'CONFLICT',
  'OTHER_USER',
  'CLOSED',
  'LIMIT',
  'TOKEN_EXPIRED',
  'RATE_LIMITED',
  'UNAVAILABLE',
  'INTERNAL',
];

/** An expected "no": it has a stable code, is answered on the wire, and is never thrown. */
export interface Refusal {
  readonly code: Code;
  /** One sentence for a developer's eyes; never an echo of the input. */
  readonly message: string;
}
