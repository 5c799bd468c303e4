import type { Link } from './link.ts';
import type { Surroundings } from './surroundings.ts';

/** What those parts of the client are given that ask something of the server. */
export interface Context extends Surroundings {
  /** `current` serves new requests; undefined while there is no connection. */
  readonly link: Pick<Link, 'current'>;
}
