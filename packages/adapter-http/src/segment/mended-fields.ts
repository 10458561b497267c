import {
  ActivityType,
  type Sender,
  Timestamp,
  unlessBroken,
  UserId,
  type Violation,
  Violations,
} from '@user-activity/domain';
import { parseLenientTime } from './lenient-time.ts';
import { isReserved, mendId, mendType, mendUserId } from './mended-names.ts';
import { type Original, originalOf } from './originals.ts';
import { stringifyDeep } from './whole-json.ts';

/** Reads a member of a call. Returns undefined if the member is absent or null. */
export type ReadMember = (name: string) => unknown;

/** A valid value for a field of an activity, and the members of the call whose invalid values were replaced or skipped. */
export interface MendedField<Value> {
  readonly value: Value;
  readonly originals: readonly Original[];
}

/** Makes a valid user id from the userId or, if it has no text, from the anonymousId. Returns undefined if neither has text. */
export function userIn(read: ReadMember): (MendedField<string> & { readonly member: string }) | undefined {
  const originals: Original[] = [];
  for (const member of ['userId', 'anonymousId']) {
    const raw = read(member);
    const text = textOf(raw)?.trim();
    if (text === undefined && raw !== undefined) originals.push(originalOf(member, raw));
    if (text === undefined || text === '') continue;
    const value = mendUserId(text);
    if (value !== text) originals.push(originalOf(member, raw));
    return { member, value, originals };
  }
  return undefined;
}

/** Returns the violations of a call for which `userIn` returns undefined. */
export function userFaults(read: ReadMember): readonly Violation[] {
  const isSent = (member: string): boolean => read(member) !== undefined && read(member) !== '';
  const member = isSent('userId') || !isSent('anonymousId') ? 'userId' : 'anonymousId';
  const violations = new Violations();
  violations.check(`/${member}`, () => UserId.parse(read(member)));
  return violations.list;
}

/**
 * Makes a valid id from the messageId. If the messageId is not a string, its JSON becomes the id, so that a retry has the same id. With a
 * public key, a reserved id is not replaced, because the id of the activity is derived from it anyway.
 */
export function idIn(read: ReadMember, { publicKey }: Sender): MendedField<string | undefined> {
  const raw = read('messageId');
  if (raw === undefined || isBlank(raw)) return { value: undefined, originals: [] };
  const text = textOf(raw) ?? stringifyDeep(raw);
  const value = mendId(text, publicKey === undefined ? isReserved : () => false);
  return { value, originals: value === text ? [] : [originalOf('messageId', raw)] };
}

/** Makes a valid type from the text of a member. Default: TRACK. */
export function typeIn(read: ReadMember, member: 'event' | 'type'): MendedField<string> {
  const raw = read(member);
  const text = textOf(raw);
  const value = unlessBroken(() => ActivityType.parse(text));
  if (value !== undefined) return { value, originals: [] };
  const mended = text === undefined ? undefined : mendType(text);
  return { value: mended ?? 'TRACK', originals: raw === undefined ? [] : [originalOf(member, raw)] };
}

/** Makes a valid time from the timestamp or, if it is missing or cannot be parsed, from the originalTimestamp. */
export function timeIn(read: ReadMember): MendedField<string | undefined> & { readonly member: string } {
  const originals: Original[] = [];
  for (const member of ['timestamp', 'originalTimestamp']) {
    const raw = read(member);
    if (raw === undefined || isBlank(raw)) continue;
    if (isTime(raw)) return { member, value: raw, originals };
    originals.push(originalOf(member, raw));
    const time = parseLenientTime(raw);
    if (time !== undefined) return { member, value: Timestamp.toISO(time), originals };
  }
  return { member: '', value: undefined, originals };
}

// A number that no double can hold is already a string here, in which the parser has kept its digits.
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const isTime = (value: unknown): value is string =>
  typeof value === 'string' && unlessBroken(() => Timestamp.parse(value)) !== undefined;

const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';
