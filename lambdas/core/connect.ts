import type { Connection, Identity } from './identity.ts';
import { groupOf } from './publish.ts';
import type { ConnectionStore, Group } from './ports.ts';

/** Stores a new connection and makes it a member of its departments, in one trip. */
export async function connect(deps: { connections: ConnectionStore }, connection: Connection): Promise<void> {
  await deps.connections.open(connection, homeGroups(connection.identity));
}

/** Forgets a connection and everything it was a member of. */
export async function disconnect(
  deps: { connections: ConnectionStore },
  connection: Pick<Connection, 'id' | 'identity'>,
): Promise<void> {
  await deps.connections.close(connection);
}

/** The groups that a connection belongs to for as long as it lives. */
export function homeGroups(identity: Identity): Group[] {
  const departments = identity.departments.map(groupOf);
  return identity.role === 'manager' ? [...departments, groupOf(null)] : departments;
}
