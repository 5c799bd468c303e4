import { safeParse, type GenericSchema } from 'valibot';
import { limits } from '../protocol/limits.ts';
import { freeText, id } from '../protocol/scalars.ts';
import { type Options, required, UsageError } from '../local/src/command-line/index.ts';
import type { Staff } from './issuer/token.ts';

/** The options that say for whom a token is. */
export const staffOptions = {
  user: 'value',
  hotel: 'value',
  departments: 'value',
  name: 'value',
  role: 'value',
} as const;

/** Whether any of the options is given. */
export function describesStaff(options: Options<keyof typeof staffOptions>): boolean {
  return (['user', 'hotel', 'departments', 'name', 'role'] as const).some((name) => options.has(name));
}

/** Whose token the authorizer refuses. */
const upstream = 'upstream';

/** Whom the options describe. @throws UsageError for what the protocol would refuse. */
export function readStaff(options: Options<keyof typeof staffOptions>): Staff {
  const name = options.value('name');
  const role = options.value('role');
  const user = readId('user', options.value('user'), 'ana');
  if (user === upstream)
    throw new UsageError(
      `--user must not be ${upstream}: the service signs what upstream did with that name.`,
    );
  return {
    user,
    hotel: readId('hotel', options.value('hotel'), 'grand'),
    departments: readDepartments(options.value('departments')),
    ...(name === undefined ? {} : { name: checked(freeText, name, 'name') }),
    ...(role === undefined ? {} : { role: checked(freeText, role, 'role') }),
  };
}

/** An id of the wire. */
export function readId(option: string, value: string | undefined, example: string): string {
  return checked(id, required(value, option, example), option);
}

/** A value that a schema of the protocol admits. */
export function checked<Value>(schema: GenericSchema<unknown, Value>, value: string, option: string): Value {
  const parsed = safeParse(schema, value);
  if (!parsed.success) throw new UsageError(`--${option} ${parsed.issues[0].message}.`);
  return parsed.output;
}

/** Separated by commas; an empty text is none, which only a manager has a use for. */
function readDepartments(text: string | undefined): string[] {
  if (text === undefined) {
    throw new UsageError('--departments is missing; for example --departments front-desk,housekeeping.');
  }
  const names = text.trim() === '' ? [] : text.split(',').map((name) => name.trim());
  const departments = [...new Set(names)].map((name) => checked(id, name, 'departments'));
  if (departments.length > limits.departmentsPerToken) {
    throw new UsageError(
      `--departments has more than the ${limits.departmentsPerToken} that a token may list.`,
    );
  }
  return departments;
}
