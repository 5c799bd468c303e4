import { limits } from '../../protocol/limits.ts';
import type { User } from './clients/tokens.ts';
import type { World } from './world.ts';

/*
 * Somebody who subscribes to more conversations than a connection may. They are of a department that nobody works in, so
 * that they are on no list of the others, and only a manager may see them.
 */

const attic = 'attic';
const count = limits.subscriptionsPerConnection + 3;

const ids = Array.from({ length: count }, (_, index) => `hoard-${index + 1}`);

/** Creates what will be hoarded. */
export function fillAttic({ hotels, upstream }: World): void {
  const [hotelId = ''] = hotels;
  for (const id of ids) {
    const conversation = { id, department: attic, guest: { id: `guest-of-${id}` } };
    upstream.notify({ type: 'conversation.created', hotelId, conversation });
  }
}

/** Goes through the attic. Nothing may go wrong meanwhile: its connection is not seen again by any delivery. */
export function startHoarding(world: World): void {
  const [hotel = ''] = world.hotels;
  const user: User = { hotel, id: 'hoarder', role: 'manager', departments: [] };
  world.prober(user).hoard(ids);
}
