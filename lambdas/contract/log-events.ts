/** Names of records in the functions' logs of which the stack makes metrics. */
export const logEvents = {
  /** The issuer's key set could not be fetched or read; keys that are held go on serving. */
  keysNotRefreshed: 'keys not refreshed',
} as const;

/** The level of every record of a fault, which a refusal never has. */
export const faultLevel = 'error';
