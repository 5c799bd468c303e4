import { limits } from '../../protocol/limits.ts';

/** Who a connection is, as its verified token said. */
export interface Identity {
  readonly hotelId: string;
  readonly userId: string;
  readonly name?: string;
  readonly role: Role;
  readonly departments: readonly string[];
  /** The token's `exp`, epoch seconds. */
  readonly tokenExpiresAt: number;
}

/** A manager may see every conversation of the hotel. */
export type Role = 'staff' | 'manager';

/** A connection and who it belongs to; what every route after `$connect` starts from. */
export interface Connection {
  readonly id: string;
  /** Epoch milliseconds, by API Gateway's clock. */
  readonly connectedAt: number;
  readonly identity: Identity;
}

/** What visibility depends on; both an identity and a stored membership have it. */
export type Entitlement = Pick<Identity, 'role' | 'departments'>;

/** Whether a conversation of the same hotel may be seen: those without a department are the managers'. */
export function maySee(entitlement: Entitlement, department: string | null): boolean {
  if (entitlement.role === 'manager') return true;
  return department !== null && entitlement.departments.includes(department);
}

/** Whether a token is past its expiry, also by a clock that is behind. */
export function tokenExpired(tokenExpiresAt: number, now: Date): boolean {
  return now.getTime() > (tokenExpiresAt + limits.clockToleranceSeconds) * 1000;
}
