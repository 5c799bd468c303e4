export interface Partition {
  readonly name: string;
  readonly urlSuffix: string;
}

/** Source: "AWS partitions", AWS whitepaper "AWS Fault Isolation Boundaries". */
export function partitionOf(region: string): Partition {
  if (region.startsWith('cn-')) return { name: 'aws-cn', urlSuffix: 'amazonaws.com.cn' };
  if (region.startsWith('us-gov-')) return { name: 'aws-us-gov', urlSuffix: 'amazonaws.com' };
  return { name: 'aws', urlSuffix: 'amazonaws.com' };
}

/** Host name of a WebSocket API: functions build the address of `@connections` from it. */
export function apiHost(apiId: string, region: string): string {
  return `${apiId}.execute-api.${region}.${partitionOf(region).urlSuffix}`;
}
