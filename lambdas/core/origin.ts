/** Which pages may open a connection. */
export interface OriginPolicy {
  /** Exact origins such as `https://inbox.example`, or `*` for any. */
  readonly allowed: readonly string[];
  /** Refuse a handshake without an Origin header, which only native clients send. */
  readonly required: boolean;
}

/** Whether a handshake with these Origin values is let in. Equality, never a part of the text; two values are none. */
export function originAllowed(policy: OriginPolicy, origins: readonly string[]): boolean {
  const [origin, ...more] = origins;
  if (origin === undefined) return !policy.required;
  if (more.length > 0) return false;
  return policy.allowed.includes('*') || policy.allowed.includes(origin);
}
