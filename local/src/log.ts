/** Where the local run says what it does: one sentence a call, without a line break at its end. */
export type Log = (message: string) => void;
