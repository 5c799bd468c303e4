export type Fields = Readonly<Record<string, unknown>>;
export type Test = (value: unknown) => boolean;

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isPosition = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
export const isSeq: Test = (value) => isPosition(value) && value > 0;
export const isFlag: Test = (value) => typeof value === 'boolean';
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const nullable =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);
export const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);
export const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
export const mapOf =
  (test: Test): Test =>
  (value) =>
    isFields(value) && Object.values(value).every(test);
export const has =
  <T>(tests: Readonly<Partial<Record<keyof T, Test>>>) =>
  (value: unknown): value is T =>
    isFields(value) &&
    Object.entries<Test | undefined>(tests).every(([field, test]) => test?.(value[field]) ?? true);
