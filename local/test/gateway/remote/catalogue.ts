import * as v from 'valibot';
import type { ShapeName } from '../conformance/shapes.ts';
import type { DeployedApi } from './remote-api.ts';
import type { ScriptTable } from './script-table.ts';

const catalogue = v.object({
  account: v.string(),
  partition: v.string(),
  region: v.string(),
  urlSuffix: v.string(),
  stage: v.string(),
  /** API ids by shape. */
  apis: v.record(v.string(), v.string()),
});

/** What the functions of a conformance application know of its APIs, and write into its table as they start. */
export type Catalogue = v.InferOutput<typeof catalogue>;

type Addresses = Pick<DeployedApi, 'managementUrl' | 'websocketUrl'>;

export async function readCatalogue(table: ScriptTable): Promise<Catalogue> {
  const text = await table.read('catalogue', 'catalogue');
  if (text === undefined)
    throw new Error('The table holds no catalogue: no function of the application has run yet.');
  return v.parse(catalogue, JSON.parse(text));
}

/** The API of a shape. `addressesOf` says where an API answers, by its id. */
export function findApi(
  { account, partition, region, stage, apis }: Catalogue,
  shape: ShapeName,
  addressesOf: (id: string) => Addresses,
): DeployedApi {
  const id = apis[shape];
  if (id === undefined) throw new Error(`The application is older than the suite: it has no API ${shape}.`);
  return { id, arn: `arn:${partition}:execute-api:${region}:${account}:${id}/${stage}`, ...addressesOf(id) };
}

/** Where API Gateway serves an API. */
export function awsAddresses({ region, stage, urlSuffix }: Catalogue, id: string): Addresses {
  const place = `${id}.execute-api.${region}.${urlSuffix}/${stage}`;
  return { websocketUrl: `wss://${place}`, managementUrl: `https://${place}` };
}
