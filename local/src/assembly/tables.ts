import type { AttributeDefinition, IndexModel, KeyElement, TableModel } from '../model.ts';
import { TemplateProblem } from './problems.ts';
import type { Properties } from './properties.ts';
import type { Resource } from './stack.ts';

/** Reads AWS::DynamoDB::Table and AWS::DynamoDB::GlobalTable, which differ in what has no effect here. */
export function readTable({ logicalId, identity, properties }: Resource): TableModel {
  const timeToLive = properties.nested('TimeToLiveSpecification');
  return {
    logicalId,
    name: identity.reference,
    arn: identity.attributes['Arn'] ?? '',
    keySchema: keySchema(properties),
    attributeDefinitions: properties.nestedList('AttributeDefinitions').map(attributeDefinition),
    globalSecondaryIndexes: properties.nestedList('GlobalSecondaryIndexes').map(index),
    localSecondaryIndexes: properties.nestedList('LocalSecondaryIndexes').map(index),
    ...(timeToLive.flag('Enabled') ? { timeToLiveAttribute: timeToLive.text('AttributeName') } : {}),
  };
}

function index(properties: Properties): IndexModel {
  const projection = properties.nested('Projection');
  const nonKeyAttributes = projection.texts('NonKeyAttributes');
  return {
    indexName: properties.text('IndexName'),
    keySchema: keySchema(properties),
    projection: {
      projectionType: projection.text('ProjectionType'),
      ...(nonKeyAttributes.length > 0 ? { nonKeyAttributes } : {}),
    },
  };
}

function keySchema(properties: Properties): KeyElement[] {
  return properties.nestedList('KeySchema').map((element) => {
    const keyType = element.text('KeyType');
    if (keyType !== 'HASH' && keyType !== 'RANGE')
      throw new TemplateProblem(`the key type ${keyType} is not known`);
    return { attributeName: element.text('AttributeName'), keyType };
  });
}

function attributeDefinition(properties: Properties): AttributeDefinition {
  const attributeType = properties.text('AttributeType');
  if (attributeType !== 'S' && attributeType !== 'N' && attributeType !== 'B') {
    throw new TemplateProblem(`the attribute type ${attributeType} is not known`);
  }
  return { attributeName: properties.text('AttributeName'), attributeType };
}
