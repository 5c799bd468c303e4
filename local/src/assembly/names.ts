import { ownValue } from '../json.ts';
import { TemplateProblem, type Problems } from './problems.ts';

/** What a service takes for a name. */
interface NameRule {
  readonly pattern: RegExp;
  /** What would be right, as the end of a sentence. */
  readonly expected: string;
}

/**
 * By the type of resource and its property. Source of each: the service's API reference, the parameter of that name; of a
 * stage "Amazon API Gateway important notes", REST and WebSocket APIs.
 */
const rules: Readonly<Record<string, NameRule>> = {
  'AWS::ApiGatewayV2::Api Name': printable(128),
  'AWS::ApiGatewayV2::Route RouteKey': {
    pattern: /^\P{Cc}+$/u,
    expected: 'at least one character, and none a control character',
  },
  'AWS::ApiGatewayV2::Stage StageName': {
    pattern: /^[\w-]{1,128}$/,
    expected: '1 to 128 letters, digits, hyphens and underscores',
  },
  'AWS::DynamoDB::GlobalTable TableName': table(),
  'AWS::DynamoDB::Table TableName': table(),
  'AWS::IAM::ManagedPolicy ManagedPolicyName': iam(128),
  'AWS::IAM::Role RoleName': iam(64),
  'AWS::Lambda::Function FunctionName': {
    pattern: /^[\w-]{1,64}$/,
    expected: '1 to 64 letters, digits, hyphens and underscores',
  },
  'AWS::Logs::LogGroup LogGroupName': {
    pattern: /^[\w./#-]{1,512}$/,
    expected: '1 to 512 letters, digits and characters of ._-/#',
  },
  'AWS::SNS::Topic TopicName': {
    pattern: /^(?:[\w-]{1,256}|[\w-]{1,251}\.fifo)$/,
    expected: '1 to 256 letters, digits, hyphens and underscores',
  },
  'AWS::SQS::Queue QueueName': {
    pattern: /^(?:[\w-]{1,80}|[\w-]{1,75}\.fifo)$/,
    expected: '1 to 80 letters, digits, hyphens and underscores',
  },
};

/** @throws TemplateProblem for a name that the service would refuse. */
export function checkName(type: string, property: string, name: string): void {
  const rule = ownValue(rules, `${type} ${property}`);
  if (rule === undefined || rule.pattern.test(name)) return;
  throw new TemplateProblem(`the ${property} ${JSON.stringify(name)} must be ${rule.expected}`);
}

/** Adds a problem for each thing whose name another one has already: where they are deployed, the second one fails. */
export function refuseSecond(
  named: Iterable<readonly [subject: string, name: string | undefined]>,
  problems: Problems,
): void {
  const first = new Map<string, string>();
  for (const [subject, name] of named) {
    if (name === undefined) continue;
    const other = first.get(name);
    if (other === undefined) first.set(name, subject);
    else problems.add(subject, `it has the name ${JSON.stringify(name)}, which ${other} has already`);
  }
}

/** Source: "Resources", AWS CloudFormation user guide. @throws TemplateProblem for an id that CloudFormation refuses. */
export function checkLogicalId(logicalId: string): void {
  if (/^[A-Za-z0-9]{1,255}$/.test(logicalId)) return;
  throw new TemplateProblem('a logical id must be 1 to 255 letters and digits');
}

/** Source: "Using Lambda environment variables". @throws TemplateProblem for a name that Lambda refuses. */
export function checkVariableName(name: string): void {
  if (/^[A-Za-z]\w*$/.test(name)) return;
  throw new TemplateProblem(
    `the variable ${JSON.stringify(name)} must be letters, digits and underscores, the first a letter`,
  );
}

function printable(longest: number): NameRule {
  return {
    pattern: new RegExp(`^\\P{Cc}{1,${longest}}$`, 'u'),
    expected: `1 to ${longest} characters, none of them a control character`,
  };
}

function table(): NameRule {
  return {
    pattern: /^[\w.-]{3,255}$/,
    expected: '3 to 255 letters, digits, hyphens, underscores and dots',
  };
}

function iam(longest: number): NameRule {
  return {
    pattern: new RegExp(`^[\\w+=,.@-]{1,${longest}}$`),
    expected: `1 to ${longest} letters, digits and characters of _+=,.@-`,
  };
}
