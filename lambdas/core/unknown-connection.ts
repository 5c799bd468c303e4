import type { Connection } from './identity.ts';
import type { Gateway } from './ports.ts';
import { connectionGone, type Refused } from './refusals.ts';

/**
 * Ends a connection that sends frames and is not known.
 *
 * It was taken for dead, which API Gateway may say of one that lives. Its rows must not come back, since it may have
 * ended in truth meanwhile; left open, it would hear nothing for up to two hours. So its client connects again.
 */
export async function closeUnknown(
  deps: { readonly gateway: Gateway },
  { id }: Connection,
): Promise<Refused> {
  await deps.gateway.close(id);
  return connectionGone;
}
