import { UnfitNumber } from '@user-activity/domain';
import { UnreadValue } from './unread-value.ts';

/** The members of an untrusted JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object. */
export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof UnfitNumber) &&
  !(value instanceof UnreadValue);
