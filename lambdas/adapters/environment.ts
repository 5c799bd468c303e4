import * as v from 'valibot';
import { environment, type TokenTrust } from '../contract/environment.ts';
import type { OriginPolicy } from '../core/origin.ts';
import type { Credentials } from './aws/signature.ts';

/** The value of a variable that the stack sets. Throws when the function was deployed without it. */
export function setting(name: keyof typeof environment): string {
  return variable(environment[name]);
}

/**
 * Where a function runs, and as whom: what Lambda itself sets, for as long as the execution environment lives.
 *
 * Source: "Defined runtime environment variables", AWS Lambda developer guide.
 */
export function lambdaSurroundings(): { region: string; credentials: Credentials } {
  const sessionToken = process.env['AWS_SESSION_TOKEN'];
  return {
    region: variable('AWS_REGION'),
    credentials: {
      accessKeyId: variable('AWS_ACCESS_KEY_ID'),
      secretAccessKey: variable('AWS_SECRET_ACCESS_KEY'),
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
  };
}

/**
 * Where DynamoDB is: at the address that the environment names, as the SDKs take it, or at the region's own.
 *
 * Sources: "Service-specific endpoints", AWS SDKs and tools reference guide; "DynamoDB endpoints and quotas", AWS general
 * reference.
 */
export function dynamoDbEndpoint(): string {
  const given = process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? process.env['AWS_ENDPOINT_URL'];
  if (given !== undefined && given !== '') return given;
  const region = variable('AWS_REGION');
  return `https://dynamodb.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} must be set.`);
  return value;
}

/** Over how many partitions a group is spread. */
export function groupShardsSetting(): number {
  return v.parse(
    v.pipe(v.string(), v.transform(Number), v.safeInteger(), v.minValue(1)),
    setting('groupShards'),
  );
}

const claims = v.object({ hotel: v.string(), departments: v.string(), name: v.string(), role: v.string() });

const tokenTrust = v.variant('kind', [
  v.object({
    kind: v.literal('oidc'),
    issuer: v.string(),
    audience: v.string(),
    jwksUri: v.exactOptional(v.string()),
    tokenTyp: v.string(),
    claims,
  }),
  v.object({ kind: v.literal('cognito'), userPoolId: v.string(), clientId: v.string(), claims }),
]) satisfies v.GenericSchema<unknown, TokenTrust>;

const origins = v.array(v.string());

/** Whose tokens open a connection. */
export function tokenTrustSetting(): TokenTrust {
  return v.parse(v.pipe(v.string(), v.parseJson(), tokenTrust), setting('tokenTrust'));
}

/** From which pages a connection may be opened. */
export function originSetting(): OriginPolicy {
  return {
    allowed: v.parse(v.pipe(v.string(), v.parseJson(), origins), setting('allowedOrigins')),
    required: setting('requireOrigin') === 'true',
  };
}
