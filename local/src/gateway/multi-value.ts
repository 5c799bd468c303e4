/** Names with all their values in the order of arrival, as a header block or a query string has them. */
export class MultiValueMap {
  readonly #entries = new Map<string, { readonly name: string; readonly values: string[] }>();
  readonly #fold: (name: string) => string;

  /** `fold` gives the form in which two names are the same; by default, names differ by case. */
  constructor(fold: (name: string) => string = (name) => name) {
    this.#fold = fold;
  }

  add(name: string, value: string): void {
    const entry = this.#entries.get(this.#fold(name));
    if (entry === undefined) this.#entries.set(this.#fold(name), { name, values: [value] });
    else entry.values.push(value);
  }

  /** Replaces what there is under the name. */
  set(name: string, value: string): void {
    this.#entries.set(this.#fold(name), { name, values: [value] });
  }

  get(name: string): readonly string[] {
    return this.#entries.get(this.#fold(name))?.values ?? [];
  }

  get size(): number {
    return this.#entries.size;
  }

  /** A copy without the named entries. */
  without(names: readonly string[]): MultiValueMap {
    const rest = new MultiValueMap(this.#fold);
    for (const [key, entry] of this.#entries) rest.#entries.set(key, entry);
    for (const name of names) rest.#entries.delete(this.#fold(name));
    return rest;
  }

  /** One value a name: the last, as Lambda events of API Gateway have it. */
  single(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.#entries.values()].map(({ name, values }) => [name, values.at(-1) ?? '']),
    );
  }

  multi(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries([...this.#entries.values()].map(({ name, values }) => [name, values]));
  }
}
