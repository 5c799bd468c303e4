import type { Running } from '../index.ts';

/** What runs where, for a program: one line. */
export function reportAsJson({ apis, lambdaUrl, dynamodbUrl, functions, tables, outputs }: Running): string {
  return JSON.stringify({
    apis: apis.map(({ logicalId, id, name, stages }) => ({
      logicalId,
      id,
      name,
      stages: stages.map(({ name: stage, websocketUrl, managementUrl }) => ({
        name: stage,
        websocket: websocketUrl,
        management: managementUrl,
      })),
    })),
    lambda: lambdaUrl,
    dynamodb: dynamodbUrl,
    functions: Object.fromEntries(functions.map(({ logicalId, name }) => [logicalId, name])),
    tables: Object.fromEntries(tables.map(({ logicalId, name }) => [logicalId, name])),
    outputs,
  });
}

/** The same for a person, with `ready` as the last line. */
export function reportAsText({ apis, lambdaUrl, dynamodbUrl, functions, outputs }: Running): string[] {
  const stages = apis.flatMap(({ name, stages: all }) => all.map((stage) => ({ api: name, ...stage })));
  return [
    ...stages.flatMap(({ api, name, websocketUrl, managementUrl }) => [
      `WebSocket      ${websocketUrl}   (API ${api}, stage ${name})`,
      `@connections   ${managementUrl}`,
    ]),
    `Lambda API     ${lambdaUrl}`,
    `DynamoDB       ${dynamodbUrl}`,
    ...functions.map(({ logicalId, name }) => `function       ${logicalId} = ${name}`),
    ...Object.entries(outputs).map(([logicalId, value]) => `output         ${logicalId} = ${value}`),
    'ready',
  ];
}
