import { isRecord } from '../json.ts';
import { TemplateProblem } from './problems.ts';

/** Resolved properties, read with the type that the resource's documentation gives them. */
export class Properties {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(values: unknown, path = '') {
    this.#values = isRecord(values) ? values : {};
    this.#path = path;
  }

  /** As it stands, whatever it is. */
  value(name: string): unknown {
    return this.#values[name];
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#missing(name);
  }

  optionalText(name: string): string | undefined {
    const value = this.#values[name];
    return value === undefined ? undefined : (asText(value) ?? this.#wrong(name, 'a text'));
  }

  /** The text of a property that may be an object instead. */
  textOrObject(name: string): string | undefined {
    return isRecord(this.#values[name]) ? undefined : this.optionalText(name);
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#values[name];
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && decimal.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : this.#wrong(name, 'a number');
  }

  /** CloudFormation takes "true" for true. */
  flag(name: string): boolean {
    const value = this.#values[name];
    const written = value === undefined ? 'false' : (asText(value) ?? '').toLowerCase();
    return written === 'true' || (written !== 'false' && this.#wrong(name, 'true or false'));
  }

  nested(name: string): Properties {
    const value = this.#values[name];
    if (value !== undefined && !isRecord(value)) return this.#wrong(name, 'an object');
    return new Properties(value, `${this.#path}${name}.`);
  }

  list(name: string): readonly unknown[] {
    const value = this.#values[name];
    if (value === undefined) return [];
    return Array.isArray(value) ? value : this.#wrong(name, 'a list');
  }

  nestedList(name: string): Properties[] {
    return this.list(name).map((item, index) => new Properties(item, `${this.#path}${name}[${index}].`));
  }

  texts(name: string): string[] {
    return this.list(name).map((item) => asText(item) ?? this.#wrong(name, 'a list of texts'));
  }

  /** An object whose values are texts, such as environment variables. */
  textMap(name: string): Record<string, string> {
    const nested = this.nested(name);
    return Object.fromEntries(nested.names.map((key) => [key, nested.text(key)]));
  }

  /** A property's name with those that it stands in, such as `LoggingConfig.LogFormat`. */
  pathOf(name: string): string {
    return `${this.#path}${name}`;
  }

  get names(): string[] {
    return Object.keys(this.#values);
  }

  #missing(name: string): never {
    throw new TemplateProblem(`the property ${this.pathOf(name)} is missing`);
  }

  #wrong(name: string, expected: string): never {
    const value = this.#values[name];
    if (value === null)
      throw new TemplateProblem(
        `the property ${this.pathOf(name)} is null, which CloudFormation does not take`,
      );
    throw new TemplateProblem(`the property ${this.pathOf(name)} is not ${expected}`);
  }
}

const decimal = /^[-+]?\d+(\.\d+)?(E[-+]?\d+)?$/i;

/** CloudFormation writes numbers and booleans out where a text is wanted, as in `AttributeName: 7`. */
function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
