export interface Partition {
  readonly name: string;
  readonly urlSuffix: string;
}

/** By what the names of their Regions begin with. */
const partitions: readonly (readonly [string, Partition])[] = [
  ['cn-', { name: 'aws-cn', urlSuffix: 'amazonaws.com.cn' }],
  ['us-gov-', { name: 'aws-us-gov', urlSuffix: 'amazonaws.com' }],
  ['eusc-', { name: 'aws-eusc', urlSuffix: 'amazonaws.eu' }],
  ['us-iso-', { name: 'aws-iso', urlSuffix: 'c2s.ic.gov' }],
  ['us-isob-', { name: 'aws-iso-b', urlSuffix: 'sc2s.sgov.gov' }],
  ['eu-isoe-', { name: 'aws-iso-e', urlSuffix: 'cloud.adc-e.uk' }],
  ['us-isof-', { name: 'aws-iso-f', urlSuffix: 'csp.hci.ic.gov' }],
];

/** Source: "AWS partitions", AWS whitepaper "AWS Fault Isolation Boundaries", and the SDK's list of partitions. */
export function partitionOf(region: string): Partition {
  const [, partition] = partitions.find(([start]) => region.startsWith(start)) ?? [];
  return partition ?? { name: 'aws', urlSuffix: 'amazonaws.com' };
}

/** Host name of a WebSocket API: functions build the address of `@connections` from it. */
export function apiHost(apiId: string, region: string): string {
  return `${apiId}.execute-api.${region}.${partitionOf(region).urlSuffix}`;
}
