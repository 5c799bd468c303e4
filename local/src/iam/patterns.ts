/**
 * The texts of a policy that stand for several: `*` for any characters, `?` for one, `${key}` for a value of the request.
 *
 * Source: "IAM policy elements: Variables and tags", and "IAM JSON policy elements: Resource", IAM user guide.
 */

const anyOne = Symbol('?');
const anyMany = Symbol('*');

/** Characters that stand for themselves, and the two wildcards. */
export type Pattern = readonly (string | typeof anyOne | typeof anyMany)[];

/** The value of a policy variable by its name; undefined when the request has none. */
export type Variables = (name: string) => string | undefined;

/** A text with wildcards. Whatever comes out of a variable, a star as well, stands for itself. */
export function wildcardPattern(text: string, variables?: Variables): Pattern | undefined {
  return read(text, variables, { '*': anyMany, '?': anyOne });
}

/**
 * A text whose stars and question marks stand for themselves. Without `variables` a `${` does so too.
 *
 * Undefined, as of `wildcardPattern`, when a variable has no value: such a text matches nothing.
 */
export function literalPattern(text: string, variables?: Variables): Pattern | undefined {
  return read(text, variables, {});
}

/** Whether the pattern stands for the whole of `text`; takes a time that grows with the product of their lengths. */
export function matches(pattern: Pattern, text: string): boolean {
  const characters = Array.from(text);
  let [at, position] = [0, 0];
  let [afterStar, retry] = [-1, 0];
  while (position < characters.length) {
    const expected = pattern[at];
    if (expected === anyMany) {
      at += 1;
      [afterStar, retry] = [at, position];
    } else if (expected === anyOne || expected === characters[position]) {
      at += 1;
      position += 1;
    } else if (afterStar === -1) return false;
    else {
      // The latest star takes one character more; an earlier one would find nothing that it does not.
      retry += 1;
      [at, position] = [afterStar, retry];
    }
  }
  return pattern.slice(at).every((rest) => rest === anyMany);
}

/** The variables in a text that have no default, by name; not the characters that are written as variables. */
export function variablesIn(text: string): string[] {
  const found = Array.from(text.matchAll(/\$\{([^}]*)\}/g), ([, variable = '']) => variable);
  return found.flatMap((variable) => {
    const names: string[] = [];
    const value = valueOf(variable, (name) => void names.push(name));
    return value === undefined ? names : [];
  });
}

function read(
  text: string,
  variables: Variables | undefined,
  wildcards: Readonly<Record<string, Pattern[number]>>,
): Pattern | undefined {
  const parts = variables === undefined ? [text] : text.split(/(\$\{[^}]*\})/);
  const tokens: Pattern[number][] = [];
  for (const [index, part] of parts.entries()) {
    // What was split at stands at every second place.
    const isVariable = index % 2 === 1;
    const value = isVariable ? valueOf(part.slice(2, -1), variables) : part;
    if (value === undefined) return undefined;
    for (const character of value) {
      const wildcard = isVariable ? undefined : wildcards[character];
      tokens.push(wildcard ?? character);
    }
  }
  return tokens;
}

/** `${*}`, `${?}` and `${$}` are the characters themselves; a default stands in quotes behind a comma. */
function valueOf(variable: string, variables: Variables | undefined): string | undefined {
  if (['*', '?', '$'].includes(variable)) return variable;
  const [, name = '', fallback] = /^\s*([^,]*?)\s*(?:,\s*'(.*)'\s*)?$/.exec(variable) ?? [];
  return variables?.(name) ?? fallback;
}
