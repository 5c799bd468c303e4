/*
 * Those of `limits` that a client keeps to, each by itself, so that its bundle holds the numbers and nothing else. Units are
 * as there.
 */
/** Bytes of a client's frame. */
export const requestBytes = 16 * 1024;
/** Characters of a token. */
export const tokenCharacters = 4096;
/** UTF-16 units of a message's text. */
export const textUnits = 4096;
/** UTF-16 units of a grapheme. The longest emoji has 15; UAX #15 expects at most 30 marks on one letter. */
export const graphemeUnits = 64;
/** UTF-16 units of a conversation's preview. */
export const previewUnits = 120;
/** Conversations that one connection may be subscribed to. */
export const subscriptionsPerConnection = 100;
export const historyPage = 100;
export const conversationsPage = 50;
/** Conversations that one `ping` may ask for. */
export const pingHeads = 50;
/** Departments that one `ping` may ask for. */
export const pingInbox = 20;
/**
 * UTF-16 units of an id. WhatsApp's business-scoped user ids have up to 131 (a country's two letters, a point, 128), and
 * ids of conversations are made from them.
 */
export const idUnits = 160;
