import { valueAt } from '../json.ts';
import { list, section, text, type Part } from './request-part.ts';

const expressions = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
  'UpdateExpression',
];

/** Objects whose names are attributes. The later ones are from before there were expressions. */
const maps = ['Item', 'Key', 'AttributeUpdates', 'Expected', 'KeyConditions', 'QueryFilter', 'ScanFilter'];

/** Source: "Expression syntax", Amazon DynamoDB developer guide. */
const words = new Set(
  (
    'set remove add delete and or not between in attribute_exists attribute_not_exists attribute_type begins_with ' +
    'contains size if_not_exists list_append'
  ).split(' '),
);

/** The names of all attributes that the parts of a request speak of, of nested ones the outermost. */
export function attributesOf(parts: readonly Part[]): string[] {
  return [...new Set(parts.flatMap((part) => [...namesOfMaps(part), ...namesInExpressions(part)]))];
}

function namesOfMaps(part: Part): string[] {
  const all = [...maps.map((name) => part[name]), ...list(part['Keys'])];
  const listed = list(part['AttributesToGet']).flatMap((name) => text(name) ?? []);
  return [...all.flatMap((map) => Object.keys(section(map))), ...listed];
}

/** An expression's names: neither a word of the language nor a value, and not behind a dot, as nested ones are. */
function namesInExpressions(part: Part): string[] {
  const texts = expressions.map((expression) => text(part[expression]) ?? '');
  return texts.flatMap((expression) =>
    [...expression.matchAll(/(?<![\w:.#-])#?[A-Za-z_]\w*/g)].flatMap(([name]) => {
      if (!name.startsWith('#')) return words.has(name.toLowerCase()) ? [] : [name];
      return text(valueAt(part, ['ExpressionAttributeNames', name])) ?? [];
    }),
  );
}
