import { idUnits } from './client-limits.ts';

/**
 * What an id of the wire looks like; its length is one of the limits. Pure, and without the schema library: the SDK's bundle holds it.
 *
 * The pattern leaves out `#`, with which storage keys are built, and white space, with which department lists are
 * written; WhatsApp ids, phone numbers and the subjects of common OIDC providers match it.
 */
export const idPattern = new RegExp(`^[A-Za-z0-9_+-][A-Za-z0-9._:@+=/|~-]{0,${idUnits - 1}}$`);
