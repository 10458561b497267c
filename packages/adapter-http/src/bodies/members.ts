import { UnfitNumber } from '@user-activity/domain';
import { UnreadValue } from './unread-value.ts';

/** The members of a JSON object that anyone may have written. */
export type Members = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object. */
export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof UnfitNumber) &&
  !(value instanceof UnreadValue);
