import { Refusal } from '../refusal.ts';
import type { RouteModel } from '../model.ts';
import { parseJson, valueAt } from '../json.ts';

/** The route key that a message names, or undefined when its text is not JSON. */
export type RouteSelection = (body: string) => string | undefined;

type Part = { readonly literal: string } | { readonly path: readonly string[] };

const bodyPath = String.raw`request\.body\.([\w-]+(?:\.[\w-]+)*)`;
const wholeExpression = new RegExp(String.raw`^\$${bodyPath}$`);
const bracedExpression = new RegExp(String.raw`\$\{${bodyPath}\}`, 'g');

/**
 * Reads an expression in the forms `$request.body.a.b` and `${request.body.a}/${request.body.b}`.
 *
 * Values are written as text and a missing one as "" ("Working with routes for WebSocket APIs").
 * Throws a `Refusal` for any other form.
 */
export function compileRouteSelection(expression: string): RouteSelection {
  const parts = readParts(expression);
  return (body) => {
    const message = parseJson(body);
    if (message === undefined) return undefined;
    return parts
      .map((part) => ('path' in part ? asText(valueAt(message, part.path)) : part.literal))
      .join('');
  };
}

/**
 * The route of a message. A route key that starts with `$` is reserved: no message can name it, and what fits no
 * other route goes to `$default`, if there is one.
 */
export function routeOf(
  body: string,
  select: RouteSelection,
  routes: ReadonlyMap<string, RouteModel>,
): RouteModel | undefined {
  const key = select(body);
  const named = key === undefined || key.startsWith('$') ? undefined : routes.get(key);
  return named ?? routes.get('$default');
}

function readParts(expression: string): readonly Part[] {
  const whole = wholeExpression.exec(expression)?.[1];
  if (whole !== undefined) return [{ path: whole.split('.') }];
  const parts: Part[] = [];
  let end = 0;
  for (const match of expression.matchAll(bracedExpression)) {
    parts.push({ literal: expression.slice(end, match.index) }, { path: (match[1] ?? '').split('.') });
    end = match.index + match[0].length;
  }
  parts.push({ literal: expression.slice(end) });
  const readable = parts.every((part) => 'path' in part || !/[${}]/.test(part.literal));
  if (end > 0 && readable) return parts;
  throw new Refusal(
    `The route selection expression "${expression}" is not understood: write $request.body.<path>, ` +
      'or a text with ${request.body.<path>} in it.',
  );
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}
