import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ClaimNames, TokenTrust } from '../lambdas/contract/environment.ts';

/** An OpenID Connect provider whose tokens are trusted. */
export type OidcTrust = Extract<TokenTrust, { kind: 'oidc' }>;

/** What an installation may decide, checked. Each comes from the CDK context (`-c key=value` or `cdk.json`). */
export interface Settings {
  /** From `issuer`, `audience`, `jwksUri`, `tokenTyp` and `claims`; undefined: the stack makes a Cognito user pool. */
  readonly oidc: OidcTrust | undefined;
  /** Exact origins whose pages may connect, or `['*']`. */
  readonly allowedOrigins: readonly string[];
  /** Whether a handshake without an Origin header is refused. */
  readonly requireOrigin: boolean;
  readonly stage: string;
  /** How long every log group keeps its events. */
  readonly retentionDays: RetentionDays;
  /** 1 to 64: over how many partitions a group's members are spread. */
  readonly groupShards: number;
  /** `exists`: another stack of this account and region has set API Gateway's logging role. */
  readonly apiGatewayLoggingRole: 'create' | 'exists';
}

const knownKeys = [
  'issuer',
  'audience',
  'jwksUri',
  'tokenTyp',
  'claims',
  'allowedOrigins',
  'requireOrigin',
  'stage',
  'retentionDays',
  'groupShards',
  'apiGatewayLoggingRole',
] as const;
type Key = (typeof knownKeys)[number];
type Context = Readonly<Record<string, unknown>>;

/** Keys that mean nothing without `issuer`: a Cognito user pool made here fixes them. */
const providerKeys: readonly Key[] = ['audience', 'jwksUri', 'tokenTyp', 'claims'];

const oidcClaims: ClaimNames = {
  hotel: 'hotel_id',
  departments: 'departments',
  name: 'name',
  role: 'role',
};

/** CloudWatch Logs takes these numbers of days only; "for ever" is among CDK's, and not among ours. */
const retentionDays = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const mostGroupShards = 64;

/** Returns the settings, or one sentence for each thing that is wrong with the context (`app.node.getAllContext()`). */
export function readSettings(
  allContext: unknown,
): { readonly settings: Settings } | { readonly problems: readonly string[] } {
  const context = isRecord(allContext) ? allContext : {};
  const problems = [...unknownKeys(context), ...incompleteProvider(context)];

  function read<T>(key: Key, fallback: T, parse: (value: unknown) => T | undefined, must: string): T {
    const given = context[key];
    if (given === undefined) return fallback;
    const value = parse(given);
    if (value === undefined) problems.push(`Context ${key} is ${show(given)}, but must be ${must}.`);
    return value ?? fallback;
  }

  const settings: Settings = {
    oidc: 'issuer' in context ? readProvider(read) : undefined,
    allowedOrigins: read(
      'allowedOrigins',
      ['*'],
      origins,
      '"*" or a list of exact origins such as "https://staff.example.com,capacitor://localhost"',
    ),
    requireOrigin: read('requireOrigin', false, boolean, 'true or false'),
    stage: read('stage', 'live', stageName, '1 to 128 letters, digits, hyphens and underscores'),
    retentionDays: read(
      'retentionDays',
      RetentionDays.ONE_MONTH,
      oneOf(retentionDays, wholeNumber),
      `a number of days that CloudWatch Logs knows: ${retentionDays.join(', ')}`,
    ),
    groupShards: read('groupShards', 1, shards, `a whole number from 1 to ${mostGroupShards}`),
    apiGatewayLoggingRole: read(
      'apiGatewayLoggingRole',
      'create',
      oneOf(['create', 'exists'], text),
      '"create" or "exists"',
    ),
  };
  return problems.length > 0 ? { problems } : { settings };
}

type Read = <T>(key: Key, fallback: T, parse: (value: unknown) => T | undefined, must: string) => T;

function readProvider(read: Read): OidcTrust {
  const jwksUri = read<string | undefined>(
    'jwksUri',
    undefined,
    httpsUrl,
    'the https URL of the key set, such as "https://login.example.com/keys"',
  );
  return {
    kind: 'oidc',
    issuer: read(
      'issuer',
      '',
      issuer,
      'an https URL without query or fragment, written exactly as the tokens\' "iss" claim',
    ),
    audience: read('audience', '', text, 'the "aud" claim of the tokens, as text'),
    ...(jwksUri === undefined ? {} : { jwksUri }),
    tokenTyp: read(
      'tokenTyp',
      'at+jwt',
      mediaType,
      'the "typ" header of the tokens, such as "at+jwt", or "any"',
    ),
    claims: read(
      'claims',
      oidcClaims,
      claimNames,
      `a JSON object that maps some of ${Object.keys(oidcClaims).join(', ')} to names of claims`,
    ),
  };
}

/** CDK's own keys hold one of `:`, `@`, `/` and `-`; the others are meant for this application. */
function unknownKeys(context: Context): string[] {
  const known: readonly string[] = knownKeys;
  return Object.keys(context)
    .filter((key) => !/[:@/-]/.test(key) && !known.includes(key))
    .map((key) => `Context ${key} is unknown; the known keys are ${knownKeys.join(', ')}.`);
}

function incompleteProvider(context: Context): string[] {
  if ('issuer' in context) {
    return 'audience' in context
      ? []
      : ['Context issuer is given without audience, but an OpenID Connect provider needs both.'];
  }
  return providerKeys
    .filter((key) => key in context)
    .map((key) => `Context ${key} is given without issuer, but describes the tokens of an issuer.`);
}

function show(value: unknown): string {
  const written = JSON.stringify(value);
  return written.length > 100 ? `${written.slice(0, 100)}…` : written;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.trim() === value ? value : undefined;
}

/** A value from `cdk.json` is a boolean or a number already, one from the command line is text. */
function boolean(value: unknown): boolean | undefined {
  return value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;
}

function wholeNumber(value: unknown): number | undefined {
  if (Number.isSafeInteger(value)) return Number(value);
  return /^\d{1,9}$/.test(text(value) ?? '') ? Number(value) : undefined;
}

function shards(value: unknown): number | undefined {
  const count = wholeNumber(value) ?? 0;
  return count >= 1 && count <= mostGroupShards ? count : undefined;
}

function oneOf<T extends string | number>(
  choices: readonly T[],
  parse: (value: unknown) => string | number | undefined,
): (value: unknown) => T | undefined {
  return (value) => choices.find((choice) => choice === parse(value));
}

/** API Gateway allows `$default` as well, but for HTTP APIs only. */
function stageName(value: unknown): string | undefined {
  return /^[A-Za-z0-9_-]{1,128}$/.test(text(value) ?? '') ? text(value) : undefined;
}

function mediaType(value: unknown): string | undefined {
  return /^[A-Za-z0-9!#$&^_.+/-]{1,127}$/.test(text(value) ?? '') ? text(value) : undefined;
}

function url(value: unknown): URL | undefined {
  const written = text(value);
  return written !== undefined && URL.canParse(written) ? new URL(written) : undefined;
}

function httpsUrl(value: unknown): string | undefined {
  const parsed = url(value);
  return parsed?.protocol === 'https:' && `${parsed.username}${parsed.password}` === ''
    ? text(value)
    : undefined;
}

/** A slash at the end is kept: some providers issue with one, and `iss` is compared letter by letter. */
function issuer(value: unknown): string | undefined {
  const written = httpsUrl(value);
  const normal = url(value)?.href;
  const unchanged = written === normal || `${written}/` === normal;
  return unchanged && !/[?#]/.test(written ?? '') ? written : undefined;
}

function origins(value: unknown): readonly string[] | undefined {
  const list = typeof value === 'string' && !value.startsWith('[') ? value.split(',') : json(value);
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const parsed = list.map((item: unknown) => (typeof item === 'string' ? item.trim() : ''));
  if (parsed.length === 1 && parsed[0] === '*') return parsed;
  return parsed.every(isOrigin) ? parsed : undefined;
}

/** As a browser sends it: no path, no slash at the end, lower case, no port that is the scheme's own, no pattern. */
function isOrigin(written: string): boolean {
  const parsed = url(written);
  if (parsed === undefined) return false;
  if (/^https?:$/.test(parsed.protocol)) return parsed.origin === written && !written.includes('*');
  return !foreignSchemes.has(parsed.protocol) && appOrigin.test(written);
}

/** Of an app that brings its pages along: `capacitor://localhost`, `tauri://localhost`, `chrome-extension://…`. */
const appOrigin = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9][a-z0-9.-]*(:\d{1,5})?$/;

/** No browser sends these as the scheme of an origin. */
const foreignSchemes: ReadonlySet<string> = new Set(['file:', 'ftp:', 'ws:', 'wss:']);

function claimNames(value: unknown): ClaimNames | undefined {
  const given = json(value);
  if (!isRecord(given)) return undefined;
  const known: readonly string[] = Object.keys(oidcClaims);
  const entries = Object.entries(given);
  if (!entries.every(([key, name]) => known.includes(key) && text(name) !== undefined)) return undefined;
  return { ...oidcClaims, ...Object.fromEntries(entries.map(([key, name]) => [key, String(name)])) };
}

function isRecord(value: unknown): value is Context {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text is parsed as JSON; anything else came from `cdk.json` as a value. */
function json(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
