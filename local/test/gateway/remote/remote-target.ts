import type { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { shapes, type ShapeName } from '../conformance/shapes.ts';
import type { ApiShape, ConformanceTarget } from '../conformance/target.ts';
import { RemoteApi, connectedAt, type DeployedApi } from './remote-api.ts';
import type { ScriptTable } from './script-table.ts';

/** A conformance application that runs somewhere. */
export interface DeployedApplication {
  readonly table: ScriptTable;
  readonly pollMilliseconds: number;
  apiOf(shape: ShapeName): DeployedApi;
  /** Makes a client of an API's `@connections`, which the test ends. */
  managementOf(api: DeployedApi): ApiGatewayManagementApiClient;
}

const tenMinutes = 'needs ten minutes, and nobody can move the clock of this gateway';

/** What cannot be tried on a gateway whose clock runs as clocks do. */
export const differences: ReadonlyMap<number, string> = new Map([
  [43, 'needs a rate of one request a second, and says nothing where rates are targets and not ceilings'],
  [44, tenMinutes],
  [45, 'needs two hours, and nobody can move the clock of this gateway'],
  [46, tenMinutes],
]);

/** The suite's target for an application that is there when the first test starts. */
export function remoteTarget(name: string, application: () => DeployedApplication): ConformanceTarget {
  /** By API, the latest connection that earlier tests saw. */
  const latest = new Map<string, number>();
  return {
    name,
    differences,
    async start(shape) {
      const deployed = application();
      const { table, pollMilliseconds } = deployed;
      const api = deployed.apiOf(nameOf(shape));
      const earlier = Math.max(latest.get(api.id) ?? 0, await forget(table, api));
      latest.set(api.id, earlier);
      const management = deployed.managementOf(api);
      return new RemoteApi({ api, table, management, pollMilliseconds }, earlier);
    },
  };
}

function nameOf(shape: ApiShape): ShapeName {
  for (const name of Object.keys(shapes)) {
    if (isShapeName(name) && shapes[name] === shape) return name;
  }
  throw new Error('The conformance application has no API of this shape.');
}

function isShapeName(name: string): name is ShapeName {
  return Object.hasOwn(shapes, name);
}

/** Removes what earlier tests left, and tells when the latest connection of theirs was made. */
async function forget(table: ScriptTable, { id }: DeployedApi): Promise<number> {
  const [calls, scripts, answers] = await Promise.all(
    ['call#', 'script#', 'answer#'].map((prefix) => table.list(id, prefix)),
  );
  const stale = [...(calls ?? []), ...(scripts ?? []), ...(answers ?? [])];
  await table.remove(
    id,
    stale.map(({ item }) => item),
  );
  return Math.max(0, ...(calls ?? []).map(({ value }) => connectedAt(JSON.parse(value))));
}
