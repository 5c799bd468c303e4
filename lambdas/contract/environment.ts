/** The names of the environment variables that the stack sets and the functions read. */
export const environment = {
  /** Name of the table. */
  tableName: 'TABLE_NAME',
  /** Base of the @connections API, stage included: `https://{api}.execute-api.{region}.amazonaws.com/{stage}`. */
  connectionsEndpoint: 'CONNECTIONS_ENDPOINT',
  /** Over how many partitions a group's members are spread; 1 unless raised. */
  groupShards: 'GROUP_SHARDS',
  /** JSON of `TokenTrust`: whose tokens open a connection. */
  tokenTrust: 'TOKEN_TRUST',
  /** JSON array of exact origins, or `["*"]`. */
  allowedOrigins: 'ALLOWED_ORIGINS',
  /** `true` when a handshake without an Origin header is refused. */
  requireOrigin: 'REQUIRE_ORIGIN',
} as const;

/** Which claim holds what. */
export interface ClaimNames {
  readonly hotel: string;
  readonly departments: string;
  readonly name: string;
  readonly role: string;
}

/** Whose tokens the authorizer accepts; serialized into `tokenTrust`. */
export type TokenTrust =
  | {
      readonly kind: 'oidc';
      readonly issuer: string;
      readonly audience: string;
      /** Where the issuer publishes its keys; absent: `{issuer}/.well-known/jwks.json`. */
      readonly jwksUri?: string;
      /** Required `typ` of the token's header, or `any`. */
      readonly tokenTyp: string;
      readonly claims: ClaimNames;
    }
  | {
      readonly kind: 'cognito';
      readonly userPoolId: string;
      readonly clientId: string;
      readonly claims: ClaimNames;
    };
