import { TemplateProblem } from './problems.ts';
import type { Properties } from './properties.ts';

interface Range {
  readonly least: number;
  readonly most?: number;
  /** A rate alone may have a fraction. */
  readonly fractions?: boolean;
}

/** Sources: the properties' pages in the "AWS CloudFormation template reference"; "Amazon API Gateway quotas". */
const ranges = {
  MaximumEventAgeInSeconds: { least: 60, most: 21_600 },
  MaximumRetryAttempts: { least: 0, most: 2 },
  MemorySize: { least: 128, most: 10_240 },
  ReservedConcurrentExecutions: { least: 0 },
  ThrottlingBurstLimit: { least: 0 },
  ThrottlingRateLimit: { least: 0, fractions: true },
  Timeout: { least: 1, most: 900 },
  TimeoutInMillis: { least: 50, most: 29_000 },
} satisfies Record<string, Range>;

/** @throws TemplateProblem for a number that the property's service would refuse. */
export function numberWithin(properties: Properties, name: keyof typeof ranges): number | undefined {
  const number = properties.optionalNumber(name);
  const { least, most = Infinity, fractions = false }: Range = ranges[name];
  if (number === undefined) return undefined;
  if (number >= least && number <= most && (fractions || Number.isInteger(number))) return number;
  const kind = fractions ? 'a number' : 'a whole number';
  const wanted = most === Infinity ? `${kind} of ${least} or more` : `${kind} from ${least} to ${most}`;
  throw new TemplateProblem(`the property ${properties.pathOf(name)} is ${number}, and must be ${wanted}`);
}
