import type { SimulatedSocket } from './gateway/socket.ts';
import type { Random } from './kernel/random.ts';
import type { Seat, World } from './world.ts';

/** How often it is asked whether something is to go wrong with sockets, tabs and deployments. */
const roundMilliseconds = 4000;
/** The longest that a gateway takes to learn that a client is gone; after that, ten idle minutes end it. */
const longestIgnorance = 90_000;

/** What goes wrong from outside, as long as faults are on. */
export function startChaos(world: World): void {
  const { scheduler, plan, random } = world;
  const dice = random.stream('chaos');
  const pause = plan.kind === 'long' ? 60 * roundMilliseconds : roundMilliseconds;
  const round = (): void => {
    if (!world.faults.areOn) return;
    upset(world, dice);
    scheduler.after(dice.next() * 2 * pause, round);
  };
  scheduler.after(pause, round);
}

function upset(world: World, dice: Random): void {
  const { faults, seats, fleet } = world;
  const seat = dice.pick(seats);
  const { name, user, sockets } = seat.tab;
  const socket = sockets.open.at(-1);
  if (socket && faults.strikes('socket reset', name)) cut(world, dice, socket);
  else if (socket && faults.strikes('F10 socket half open', name)) halfOpen(world, dice, socket);
  if (faults.strikes('tab reloaded', name)) seat.reload();
  signIn(world, dice, seat);
  if (faults.strikes('F24 all connections dropped at once', 'everyone')) dropAll(world);
  if (faults.strikes('F23 environments replaced', 'every function')) fleet.replaceAll();
  if (faults.strikes('departments of a user changed', name)) {
    world.moveUser(
      user,
      world.departments.filter(() => dice.chance(0.6)),
    );
  }
}

/** Both ends learn of it, the gateway a little later. */
function cut({ scheduler }: World, dice: Random, socket: SimulatedSocket): void {
  socket.reset();
  scheduler.after(dice.between(0, 3000), () => socket.line.ended(1006));
}

/** The network is gone; the client may know, and the gateway does not: posts are answered 200. */
function halfOpen({ scheduler }: World, dice: Random, socket: SimulatedSocket): void {
  const { line } = socket;
  if (dice.chance(0.5)) socket.reset();
  else {
    line.up.break();
    line.down.break();
  }
  if (dice.chance(0.7)) scheduler.after(dice.between(5000, longestIgnorance), () => line.ended(1006));
}

/** Somebody else signs in at a tab that knows its user: the page is loaded again, or merely gives other tokens from now on. */
function signIn(world: World, dice: Random, seat: Seat): void {
  const { faults } = world;
  const { isIdentified, name } = seat.tab;
  const other = world.otherUser(seat, dice);
  if (!isIdentified || other === undefined) return;
  const reloads = faults.strikes('other user signed in', name);
  if (!reloads && !faults.strikes('other user signed in without a reload', name)) return;
  seat.user = other;
  if (reloads) seat.reload();
}

/** Cuts every socket, also one that is just opening, and both ends know. */
export function dropAll({ seats, gateway }: World): void {
  for (const { tab } of seats) for (const socket of tab.sockets.open) socket.reset();
  for (const line of gateway.openLines) line.close(1006);
}
