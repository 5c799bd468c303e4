import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { AttributeDefinition, IndexModel, KeyElement, TableModel } from '../model.ts';

/** What of a table cannot be changed on data that is there: its key and its indexes, each as a text. */
export type TableLayout = ReadonlyMap<string, string>;

export function wantedLayout(table: TableModel): TableLayout {
  return layout(table.keySchema, table.attributeDefinitions, [
    ...table.globalSecondaryIndexes,
    ...table.localSecondaryIndexes,
  ]);
}

export function actualLayout(table: TableDescription): TableLayout {
  const definitions = (table.AttributeDefinitions ?? []).map(
    ({ AttributeName = '', AttributeType = 'S' }) => ({
      attributeName: AttributeName,
      attributeType: AttributeType,
    }),
  );
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  return layout(
    keyElements(table.KeySchema),
    definitions,
    indexes.map(({ IndexName = '', KeySchema, Projection }) => ({
      indexName: IndexName,
      keySchema: keyElements(KeySchema),
      projection: {
        projectionType: Projection?.ProjectionType ?? 'ALL',
        ...(Projection?.NonKeyAttributes === undefined
          ? {}
          : { nonKeyAttributes: Projection.NonKeyAttributes }),
      },
    })),
  );
}

/** What differs, as parts of a sentence that begins with the table. */
export function differences(actual: TableLayout, wanted: TableLayout): string[] {
  const parts = new Set([...actual.keys(), ...wanted.keys()]);
  return [...parts].flatMap((part) => {
    const [is, should] = [actual.get(part), wanted.get(part)];
    if (is === should) return [];
    if (is === undefined) return [`has no ${part}`];
    if (should === undefined) return [`has the ${part} that the template does not have`];
    return [`has the ${part} as ${is} where the template has ${should}`];
  });
}

interface Definition {
  readonly attributeName: string;
  readonly attributeType: AttributeDefinition['attributeType'];
}

function layout(
  keySchema: readonly KeyElement[],
  definitions: readonly Definition[],
  indexes: readonly IndexModel[],
): TableLayout {
  const keyText = (elements: readonly KeyElement[]): string =>
    elements
      .map(
        ({ attributeName, keyType }) =>
          `${attributeName} (${typeOf(attributeName, definitions)}, ${keyType})`,
      )
      .join(', ');
  const entries = indexes.map(({ indexName, keySchema: key, projection }) => {
    const included = [...(projection.nonKeyAttributes ?? [])].toSorted().join(', ');
    const projected =
      included === '' ? projection.projectionType : `${projection.projectionType} ${included}`;
    return [`index ${indexName}`, `${keyText(key)} with ${projected}`] as const;
  });
  return new Map([['key', keyText(keySchema)], ...entries]);
}

function typeOf(attributeName: string, definitions: readonly Definition[]): string {
  return definitions.find((definition) => definition.attributeName === attributeName)?.attributeType ?? '?';
}

function keyElements(schema: TableDescription['KeySchema']): KeyElement[] {
  return (schema ?? []).map(({ AttributeName = '', KeyType }) => ({
    attributeName: AttributeName,
    keyType: KeyType === 'RANGE' ? 'RANGE' : 'HASH',
  }));
}
