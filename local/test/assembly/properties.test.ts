import { expect, it } from 'vitest';
import { Properties } from '../../src/assembly/properties.ts';

const properties = new Properties({
  text: 'N',
  number: 7,
  decimal: '1000.0',
  scientific: '1.0E7',
  flag: true,
  written: 'True',
  off: 'false',
  list: ['a', 1, true],
  map: { A: 'a', B: 5, C: false },
  nothing: null,
  empty: '',
  hexadecimal: '0x10',
  infinite: 'Infinity',
  nested: { deep: null },
  odd: {},
});

it('writes out what stands where a text is wanted', () => {
  expect(properties.text('text')).toBe('N');
  expect([properties.text('number'), properties.text('flag')]).toEqual(['7', 'true']);
  expect(properties.texts('list')).toEqual(['a', '1', 'true']);
  expect(properties.textMap('map')).toEqual({ A: 'a', B: '5', C: 'false' });
});

it('reads numbers and flags from texts', () => {
  const numbers = ['number', 'decimal', 'scientific'].map((name) => properties.optionalNumber(name));
  expect(numbers).toEqual([7, 1000, 10_000_000]);
  expect(['flag', 'written', 'off', 'missing'].map((name) => properties.flag(name))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it.each<[string, () => unknown]>([
  ['the property empty is not a number', () => properties.optionalNumber('empty')],
  ['the property hexadecimal is not a number', () => properties.optionalNumber('hexadecimal')],
  ['the property infinite is not a number', () => properties.optionalNumber('infinite')],
  ['the property text is not true or false', () => properties.flag('text')],
  ['the property odd is not a text', () => properties.text('odd')],
  ['the property nothing is null, which CloudFormation does not take', () => properties.text('nothing')],
  ['the property nothing is null, which CloudFormation does not take', () => properties.flag('nothing')],
  ['the property nothing is null, which CloudFormation does not take', () => properties.list('nothing')],
  ['the property nothing is null, which CloudFormation does not take', () => properties.nested('nothing')],
  [
    'the property nested.deep is null, which CloudFormation does not take',
    () => properties.nested('nested').textMap('deep'),
  ],
])('says that %s', (sentence, read) => {
  expect(read).toThrow(sentence);
});
