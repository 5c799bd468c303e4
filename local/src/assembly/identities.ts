import { createHash } from 'node:crypto';
import { ownValue } from '../json.ts';
import { apiHost, partitionOf } from '../partition.ts';
import { checkName } from './names.ts';
import { TemplateProblem } from './problems.ts';
import type { StackSource, TemplateResource } from './template.ts';

/** What `Ref` and `Fn::GetAtt` give for a resource: what CloudFormation would only know after it was made. */
export interface Identity {
  readonly reference: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface IdentityInput {
  readonly stack: StackSource;
  readonly resource: TemplateResource;
  /** A property of the resource, resolved. */
  readonly property: (name: string) => string | undefined;
}

/** The same at every start, since host names, ARNs and stored data hold it. */
export function identify(input: IdentityInput): Identity {
  const { stack, resource } = input;
  const known = ownValue(identities, resource.type);
  if (known !== undefined) return known(input);
  const reference = physicalName(stack, resource, 64);
  const service = resource.type.split('::')[1]?.toLowerCase() ?? '';
  return { reference, attributes: { Arn: arn(input, service, reference) } };
}

const lower = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Lower-case letters and digits out of the stack's and the resource's name. */
function token(stack: StackSource, logicalId: string, length: number): string {
  const digest = createHash('sha256').update(`${stack.name}/${logicalId}`).digest();
  return [...digest.subarray(0, length)].map((byte) => lower[byte % lower.length]).join('');
}

/** `{stack}-{logicalId}-{12 characters}` within the service's limit, as CloudFormation names things. */
function physicalName(stack: StackSource, { logicalId }: TemplateResource, longest: number): string {
  return `${`${stack.name}-${logicalId}`.slice(0, longest - 13)}-${token(stack, logicalId, 12)}`;
}

function arn({ stack }: IdentityInput, service: string, resource: string): string {
  return `arn:${partitionOf(stack.region).name}:${service}:${stack.region}:${stack.account}:${resource}`;
}

function named(input: IdentityInput, nameProperty: string, longest: number): string {
  const given = input.property(nameProperty);
  if (given === undefined) return physicalName(input.stack, input.resource, longest);
  checkName(input.resource.type, nameProperty, given);
  return given;
}

function table(input: IdentityInput): Identity {
  const name = named(input, 'TableName', 255);
  const tableArn = arn(input, 'dynamodb', `table/${name}`);
  return { reference: name, attributes: { Arn: tableArn, StreamArn: `${tableArn}/stream/local` } };
}

/** A part of an API: its id is all there is. */
function part(attribute: string): (input: IdentityInput) => Identity {
  return ({ stack, resource }) => {
    const id = token(stack, resource.logicalId, 7);
    return { reference: id, attributes: { [attribute]: id } };
  };
}

function iam(kind: string, nameProperty: string): (input: IdentityInput) => Identity {
  return (input) => {
    const name = named(input, nameProperty, 64);
    const iamArn = `arn:${partitionOf(input.stack.region).name}:iam::${input.stack.account}:${kind}/${name}`;
    return { reference: kind === 'policy' ? iamArn : name, attributes: { Arn: iamArn, RoleId: name } };
  };
}

const identities: Readonly<Record<string, (input: IdentityInput) => Identity>> = {
  'AWS::ApiGatewayV2::Api': ({ stack, resource }) => {
    const id = token(stack, resource.logicalId, 10);
    return { reference: id, attributes: { ApiId: id, ApiEndpoint: `wss://${apiHost(id, stack.region)}` } };
  },
  'AWS::ApiGatewayV2::Authorizer': part('AuthorizerId'),
  'AWS::ApiGatewayV2::Deployment': part('DeploymentId'),
  'AWS::ApiGatewayV2::Integration': part('IntegrationId'),
  'AWS::ApiGatewayV2::Route': part('RouteId'),
  'AWS::ApiGatewayV2::RouteResponse': part('RouteResponseId'),
  'AWS::ApiGatewayV2::Stage': ({ resource, property }) => {
    const name = required(property('StageName'));
    checkName(resource.type, 'StageName', name);
    return { reference: name, attributes: {} };
  },
  'AWS::Cognito::UserPool': (input) => {
    const { stack, resource } = input;
    const id = `${stack.region}_${token(stack, resource.logicalId, 9)}`;
    const provider = `cognito-idp.${stack.region}.${partitionOf(stack.region).urlSuffix}/${id}`;
    const attributes = {
      Arn: arn(input, 'cognito-idp', `userpool/${id}`),
      ProviderName: provider,
      ProviderURL: `https://${provider}`,
      UserPoolId: id,
    };
    return { reference: id, attributes };
  },
  'AWS::Cognito::UserPoolClient': (input) => {
    const id = token(input.stack, input.resource.logicalId, 26);
    return { reference: id, attributes: { ClientId: id, Name: named(input, 'ClientName', 128) } };
  },
  'AWS::Cognito::UserPoolDomain': ({ property }) => ({
    reference: required(property('Domain')),
    attributes: {},
  }),
  'AWS::Cognito::UserPoolGroup': ({ property }) => ({
    reference: required(property('GroupName')),
    attributes: {},
  }),
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::IAM::ManagedPolicy': iam('policy', 'ManagedPolicyName'),
  'AWS::IAM::Role': iam('role', 'RoleName'),
  'AWS::Lambda::Function': (input) => {
    const name = named(input, 'FunctionName', 64);
    return { reference: name, attributes: { Arn: arn(input, 'lambda', `function:${name}`) } };
  },
  'AWS::Logs::LogGroup': (input) => {
    const name = named(input, 'LogGroupName', 512);
    return { reference: name, attributes: { Arn: `${arn(input, 'logs', `log-group:${name}`)}:*` } };
  },
  'AWS::SNS::Topic': (input) => {
    const name = named(input, 'TopicName', 256);
    const topicArn = arn(input, 'sns', name);
    return { reference: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
  },
  'AWS::SQS::Queue': (input) => {
    const name = named(input, 'QueueName', 80);
    const url = `https://sqs.${input.stack.region}.${partitionOf(input.stack.region).urlSuffix}/${input.stack.account}/${name}`;
    return { reference: url, attributes: { Arn: arn(input, 'sqs', name), QueueName: name, QueueUrl: url } };
  },
};

function required(name: string | undefined): string {
  if (name === undefined) throw new TemplateProblem('it needs a name');
  return name;
}
