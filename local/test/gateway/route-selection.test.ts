import { describe, expect, it } from 'vitest';
import { compileRouteSelection } from '../../src/gateway/route-selection.ts';

describe('a route selection expression', () => {
  it.each([
    ['{"action":true}', 'true'],
    ['{"action":1.50}', '1.5'],
    ['{"action":null}', ''],
    ['{}', ''],
    ['[]', ''],
    ['{"action":["a"]}', '["a"]'],
  ])('writes the value in %s as text', (body, expected) => {
    expect(compileRouteSelection('$request.body.action')(body)).toBe(expected);
  });

  it('finds nothing in a text that is not JSON', () => {
    expect(compileRouteSelection('${request.body.a}-x')('action=a')).toBeUndefined();
  });

  it('does not look into what objects inherit', () => {
    expect(compileRouteSelection('$request.body.constructor.name')('{}')).toBe('');
    expect(compileRouteSelection('$request.body.__proto__')('{}')).toBe('');
  });

  it.each([
    '',
    'action',
    '$request.header.x',
    '$request.body',
    '${request.body.a}${context.stage}',
    '$request.body.a[0]',
  ])('of the form "%s" is refused in one sentence', (expression) => {
    expect(() => compileRouteSelection(expression)).toThrow(
      `The route selection expression "${expression}" is not understood: write $request.body.<path>`,
    );
  });
});
