import { isRecord, ownValue } from '../json.ts';
import type { Problems } from './problems.ts';
import { expandPolicy } from './serverless-policies.ts';
import { subjectOf } from './stack.ts';
import { section, type Section, type Template, type TemplateResource } from './template.ts';

/**
 * What the transform AWS::Serverless-2016-10-31 makes of functions and simple tables. Other AWS::Serverless types stay,
 * and are refused by name as every type is that is not known.
 *
 * Source: "AWS SAM resources and properties", AWS SAM developer guide.
 */
export function expandServerless(template: Template, problems: Problems): Template {
  if (!template.transforms.includes(transform)) return template;
  return {
    ...template,
    transforms: template.transforms.filter((name) => name !== transform),
    resources: template.resources.flatMap((resource) => {
      if (resource.type === 'AWS::Serverless::Function') return expandFunction(resource, template, problems);
      if (resource.type === 'AWS::Serverless::SimpleTable') return [expandTable(resource)];
      return [resource];
    }),
  };
}

const transform = 'AWS::Serverless-2016-10-31';

function expandFunction(
  resource: TemplateResource,
  template: Template,
  problems: Problems,
): TemplateResource[] {
  const shared = section(template.globals['Function']);
  const merged: Section = { ...shared, ...resource.properties, ...mergedMaps(shared, resource) };
  const { CodeUri: codeUri, InlineCode: inline, Policies: policies, Tracing: _tracing, ...same } = merged;
  const roleId = `${resource.logicalId}Role`;
  const code = inline === undefined ? (codeUri ?? '.') : { ZipFile: inline };
  const role = same['Role'] === undefined ? { Role: { 'Fn::GetAtt': [roleId, 'Arn'] } } : {};
  const lambda = { ...resource, type: 'AWS::Lambda::Function', properties: { ...same, Code: code, ...role } };
  if (same['Role'] !== undefined) return [lambda];
  const tags = { 'lambda:createdBy': 'SAM', ...section(merged['Tags']) };
  const properties = {
    ...roleProperties(resource, [policies ?? []].flat(), problems),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
  return [lambda, { ...resource, logicalId: roleId, type: 'AWS::IAM::Role', properties }];
}

/** Variables and tags are merged by name; of every other property the function's own value counts. */
function mergedMaps(shared: Section, { properties }: TemplateResource): Section {
  const [given, own] = [section(shared['Environment']), section(properties['Environment'])];
  const variables = { ...section(given['Variables']), ...section(own['Variables']) };
  const tags = { ...section(shared['Tags']), ...section(properties['Tags']) };
  return {
    ...(Object.keys(variables).length === 0 ? {} : { Environment: { Variables: variables } }),
    ...(Object.keys(tags).length === 0 ? {} : { Tags: tags }),
  };
}

function roleProperties(
  resource: TemplateResource,
  policies: readonly unknown[],
  problems: Problems,
): Section {
  const managed = ['service-role/AWSLambdaBasicExecutionRole'];
  const documents: unknown[] = [];
  for (const policy of policies) {
    if (typeof policy === 'string') managed.push(policy);
    else if (isRecord(policy) && policy['Statement'] !== undefined) documents.push(policy);
    else {
      const document = problems.attempt(subjectOf(resource), () => expandPolicy(section(policy)));
      if (document !== undefined) documents.push(document);
    }
  }
  const principal = { Service: ['lambda.amazonaws.com'] };
  return {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['sts:AssumeRole'], Principal: principal }],
    },
    ManagedPolicyArns: managed.map((name) =>
      name.startsWith('arn:') ? name : { 'Fn::Sub': `arn:\${AWS::Partition}:iam::aws:policy/${name}` },
    ),
    Policies: documents.map((document, index) => ({
      PolicyName: `${resource.logicalId}RolePolicy${index}`,
      PolicyDocument: document,
    })),
  };
}

const attributeTypes: Section = { Binary: 'B', Number: 'N', String: 'S' };

function expandTable(resource: TemplateResource): TemplateResource {
  const { PrimaryKey: primaryKey, ...same } = resource.properties;
  const { Name: name = 'id', Type: type = 'String' } = section(primaryKey);
  const properties = {
    ...same,
    AttributeDefinitions: [
      { AttributeName: name, AttributeType: ownValue(attributeTypes, String(type)) ?? type },
    ],
    KeySchema: [{ AttributeName: name, KeyType: 'HASH' }],
  };
  return { ...resource, type: 'AWS::DynamoDB::Table', properties };
}
