import { describe, expect, it } from 'vitest';
import { Problems } from '../../src/assembly/problems.ts';
import { checkParameters } from '../../src/assembly/parameters.ts';
import { parseTemplate } from '../../src/assembly/template.ts';
import { lambda, modelOf } from '../support/template-model.ts';

/** Checks a parameter `P` of which `given` was said, or the default of which is taken. */
function check(declaration: Readonly<Record<string, unknown>>, given?: string): void {
  const problems = new Problems();
  checkParameters(
    {
      name: 'hotel',
      account: '111122223333',
      region: 'eu-west-1',
      template: parseTemplate({ Parameters: { P: declaration } }),
      assets: new Map(),
      ...(given === undefined ? {} : { parameterValues: new Map([['P', given]]) }),
    },
    problems,
  );
  problems.refuseIfAny();
}

const colours = { AllowedValues: ['red', 'blue'] };
const levels = { AllowedValues: [1, 2] };

describe('the value of a parameter is taken', () => {
  it.each([
    ['of the allowed ones', { Type: 'String', ...colours }, 'red'],
    ['written as a number', { Type: 'Number', ...levels }, '2'],
    ['as a list of allowed ones', { Type: 'CommaDelimitedList', ...colours }, 'red, blue,red'],
    ['as a list of allowed numbers', { Type: 'List<Number>', ...levels }, '1, 2'],
    [
      'as a list of names that AWS knows',
      { Type: 'List<AWS::EC2::VPC::Id>', AllowedValues: ['vpc-1'] },
      'vpc-1',
    ],
    ['between two numbers', { Type: 'Number', MinValue: '1', MaxValue: 2.5 }, '2.5'],
    ['with a fraction and a power', { Type: 'Number' }, '-1.5e3'],
    ['of the right length', { Type: 'String', MinLength: 2, MaxLength: '3' }, 'abc'],
    ['that matches as a whole', { Type: 'String', AllowedPattern: '[a-z]+|\\d\\-' }, '7-'],
    ['that matches without regard to case', { Type: 'String', AllowedPattern: '(?i)[a-z]+' }, 'Abc'],
    ['with letters of any script', { Type: 'String', AllowedPattern: '\\p{L}+' }, 'é'],
    [
      'as a list of which each item matches',
      { Type: 'CommaDelimitedList', AllowedPattern: '\\w+' },
      'dev,test',
    ],
    ['of no length, where nothing is asked', { Type: 'String' }, ''],
    ['that is the name of one in SSM', { Type: 'AWS::SSM::Parameter::Value<String>', ...colours }, '/a/b'],
    ['that is nowhere', { Type: 'String', ...colours }, undefined],
  ])('%s', (_title, declaration, given) => {
    expect(() => check(declaration, given)).not.toThrow();
  });
});

describe('the value of a parameter is refused', () => {
  it.each([
    ['the parameter P is green, and must be one of red, blue', { Type: 'String', ...colours }, 'green'],
    ['the parameter P is empty, and must be one of red, blue', { Type: 'String', ...colours }, ''],
    [
      'an item of the parameter P is green, and must be one of red, blue',
      { Type: 'CommaDelimitedList', ...colours },
      'red,green',
    ],
    ['an item of the parameter P is 3, and must be one of 1, 2', { Type: 'List<Number>', ...levels }, '1,3'],
    ['an item of the parameter P is x, and must be a number', { Type: 'List<Number>' }, '1,x'],
    ['the parameter P is many, and must be a number', { Type: 'Number' }, 'many'],
    ['the parameter P is 0x10, and must be a number', { Type: 'Number' }, '0x10'],
    ['the parameter P is 0.5, and must be at least 1', { Type: 'Number', MinValue: 1 }, '0.5'],
    ['the parameter P is 10, and must be at most 9', { Type: 'Number', MaxValue: '9' }, '10'],
    ['the parameter P is a, and must be at least 2 characters long', { Type: 'String', MinLength: '2' }, 'a'],
    [
      'the parameter P is abc, and must be at most 2 characters long',
      { Type: 'String', MaxLength: 2 },
      'abc',
    ],
    [
      'the parameter P is ab7, and must be text that matches [a-z]+',
      { Type: 'String', AllowedPattern: '[a-z]+' },
      'ab7',
    ],
    [
      'an item of the parameter P is b c, and must be text that matches \\w+',
      { Type: 'CommaDelimitedList', AllowedPattern: '\\w+' },
      'a,b c',
    ],
    [
      'the parameter P is ab7, and must be text that matches [a-z]+: small letters only',
      { Type: 'String', AllowedPattern: '[a-z]+', ConstraintDescription: 'small letters only' },
      'ab7',
    ],
    [
      'the parameter P is not what it should be, and must be at least 8 characters long',
      { Type: 'String', MinLength: 8, NoEcho: true },
      'secret',
    ],
    [
      'the AllowedPattern [a- of the parameter P is no regular expression that is understood here',
      { Type: 'String', AllowedPattern: '[a-' },
      'a',
    ],
    ['the property Parameters.P.MinValue is not a number', { Type: 'Number', MinValue: 'low' }, '1'],
    [
      'the property Parameters.P.AllowedValues is not a list',
      { Type: 'String', AllowedValues: 'red' },
      'red',
    ],
    [
      'the parameter P is green, and must be one of red, blue',
      { Type: 'String', ...colours, Default: 'green' },
    ],
  ])('with the sentence: %s', (sentence, declaration, given?: string) => {
    expect(() => check(declaration, given)).toThrow(`This template cannot be run here: hotel: ${sentence}`);
  });

  it('once, although several resources refer to it', () => {
    const Environment = { Variables: { COLOUR: { Ref: 'Colour' } } };
    const resources = { A: lambda({ Environment }), B: lambda({ Environment }) };
    const Parameters = { Colour: { Type: 'String', Default: 'green', ...colours } };
    expect(() => modelOf(resources, { Parameters })).toThrow(
      /^This template cannot be run here: hotel: the parameter Colour is green, and must be one of red, blue$/,
    );
  });
});
