/** What every command of the local run agrees on without being told. */
export const localRun = {
  /** `iss` of the local tokens. It resolves nowhere: keys are fetched from the key set's own address. */
  issuer: 'https://issuer.lobbybee.localhost',
  /** `aud` of the local tokens. */
  audience: 'lobbybee-local',
  /** Keys, tables and the addresses of the running instance, relative to the working directory. */
  dataDirectory: '.local',
  /** Seconds for which a local token is good unless said. */
  tokenSeconds: 3600,
  /** Port of the WebSocket endpoint. */
  port: 4510,
} as const;
