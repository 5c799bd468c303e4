/** YAML that CloudFormation would not take, or not as it was meant; the message goes on after "neither JSON nor YAML". */
export class YamlProblem extends Error {}

/**
 * What CloudFormation takes a YAML scalar without quotes for.
 *
 * It reads YAML 1.1 as SnakeYAML does, for which `yes` is true, `N` is a text, `0755` is 493, `12:30` is 750, and what
 * begins with a zero and has an 8 or a 9 is no octal number, but one with a fraction. Where a text is wanted, such a number
 * is written as Java writes it: an account's id `012345678901` becomes `1.2345678901E10`, as it does in AWS.
 *
 * Sources: `org.yaml.snakeyaml.resolver.Resolver`; "CloudFormation template format" (YAML 1.1); values that people saw in
 * stacks: DataDog/cloudformation-template#109, aws/aws-cli#3991, ASFHyP3/hyp3#2061.
 *
 * @returns null, a boolean, a whole number, or a text. A number with a fraction, or with more digits than JavaScript keeps,
 * is the text that Java makes of it: properties that want a number read it from that, too. A date is the text that it is.
 * @throws YamlProblem for a number in base 60 that is larger than JavaScript keeps exactly: nobody means one.
 */
export function plainScalar(source: string): string | number | boolean | null {
  if (nothing.test(source)) return null;
  if (yes.test(source)) return true;
  if (no.test(source)) return false;
  if (integer.test(source)) return integerOf(source) ?? source;
  if (/^[-+.\d]/.test(source) && fraction.test(source)) return fractionOf(source) ?? source;
  return source;
}

const nothing = /^(?:~|null|Null|NULL|)$/;
const yes = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const no = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const integer = /^[-+]?(?:0b[01_]+|0x[\da-fA-F_]+|0[0-7_]+|0|[1-9][\d_]*|[1-9][\d_]*(?::[0-5]?\d)+)$/;
const fraction =
  /^(?:[-+]?(?:\.\d+|[\d_]+(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?|[-+]?\d[\d_]*(?::[0-5]?\d)+\.[\d_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

function integerOf(source: string): string | number | undefined {
  const [sign = '', digits = ''] = signAndRest(source);
  const magnitude = digits.includes(':') ? BigInt(exactSexagesimal(digits)) : readBigInt(digits);
  if (magnitude === undefined) return undefined;
  const value = sign === '-' ? -magnitude : magnitude;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

/** A leading zero alone says octal, which JavaScript writes with an `o`. Underscores alone are no number. */
function readBigInt(digits: string): bigint | undefined {
  const text = digits.replace(/^0(?=\d)/, '0o');
  return /^0[box]?$/.test(text) && text !== '0' ? undefined : BigInt(text);
}

function fractionOf(source: string): string | undefined {
  const [sign = '', digits = ''] = signAndRest(source.toLowerCase());
  if (digits === '' || digits === '.nan') return digits === '' ? undefined : 'NaN';
  const magnitude = digits === '.inf' ? Infinity : sexagesimal(digits);
  return asJavaWrites(sign === '-' ? -magnitude : magnitude);
}

function signAndRest(source: string): string[] {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(source.replaceAll('_', '')) ?? [];
  return [sign, digits];
}

function exactSexagesimal(digits: string): number {
  const number = sexagesimal(digits);
  if (Number.isSafeInteger(number)) return number;
  const shown = digits.length > shownCharacters ? `${digits.slice(0, shownCharacters)}…` : digits;
  throw new YamlProblem(`${shown} is a number in base 60 beyond every range; put a text into quotes`);
}

const shownCharacters = 40;

function sexagesimal(digits: string): number {
  return digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** Source: `java.lang.Double.toString`. */
function asJavaWrites(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (size === Infinity || (size >= 1e-3 && size < 1e7)) return withPoint(String(value));
  const [mantissa = '', exponent] = value.toExponential().split('e');
  return `${withPoint(mantissa)}E${Number(exponent)}`;
}

function withPoint(digits: string): string {
  return /^-?\d+$/.test(digits) ? `${digits}.0` : digits;
}
