import type { You } from '../protocol/model.ts';
import { idPattern } from '../protocol/id-pattern.ts';
import { has, isText, optional } from './shapes.ts';

/** A user of a hotel, as the server named them: whatever the client keeps is under this name. */
export type Owner = Pick<You, 'hotelId' | 'userId'>;

const isId = (value: unknown): boolean => isText(value) && idPattern.test(value);

/** Whether a service may have named somebody so. */
export const isOwner = has<Owner>({ hotelId: isId, userId: isId });

export const isYou = has<You>({ hotelId: isText, userId: isText, name: optional(isText) });

/** Whether both are one user of one hotel. */
export function isSame(one: Owner, other: Owner): boolean {
  return one.hotelId === other.hotelId && one.userId === other.userId;
}
