import { ownValue } from '../json.ts';
import { TemplateProblem } from './problems.ts';
import { section, type Section } from './template.ts';

interface PolicyTemplate {
  /** The parameter that names the resource. */
  readonly parameter: string;
  readonly actions: readonly string[];
  /** With `${name}` where the resource's name stands. */
  readonly resources: readonly string[];
}

const here = '${AWS::Region}:${AWS::AccountId}';
const tableArn = `arn:\${AWS::Partition}:dynamodb:${here}:table/\${name}`;
const functionArn = `arn:\${AWS::Partition}:lambda:${here}:function:\${name}`;

const read = ['GetItem', 'Scan', 'Query', 'BatchGetItem', 'DescribeTable'].map((name) => `dynamodb:${name}`);
const write = ['PutItem', 'UpdateItem', 'BatchWriteItem'].map((name) => `dynamodb:${name}`);
const remove = ['dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'];
const tables = { parameter: 'TableName', resources: [tableArn, `${tableArn}/index/*`] };

/** Source: "AWS SAM policy template list", those for what runs here. */
const policyTemplates: Readonly<Record<string, PolicyTemplate>> = {
  DynamoDBCrudPolicy: { ...tables, actions: [...read, ...write, ...remove] },
  DynamoDBReadPolicy: { ...tables, actions: read },
  DynamoDBWritePolicy: { ...tables, actions: write },
  LambdaInvokePolicy: {
    parameter: 'FunctionName',
    actions: ['lambda:InvokeFunction'],
    resources: [`${functionArn}*`],
  },
};

/** The policy document that a policy template of AWS SAM stands for, such as `{ DynamoDBCrudPolicy: { TableName } }`. */
export function expandPolicy(policy: Section): Section {
  const [name = ''] = Object.keys(policy);
  const known = ownValue(policyTemplates, name);
  if (known === undefined) throw new TemplateProblem(`the policy template ${name} is not supported`);
  const value = section(policy[name])[known.parameter];
  if (value === undefined) throw new TemplateProblem(`the policy template ${name} has no ${known.parameter}`);
  const resources = known.resources.map((resource) => ({ 'Fn::Sub': [resource, { name: value }] }));
  return { Statement: [{ Effect: 'Allow', Action: known.actions, Resource: resources }] };
}
