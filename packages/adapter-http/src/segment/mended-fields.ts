import {
  ActivityType,
  Timestamp,
  unlessBroken,
  UserId,
  type Violation,
  Violations,
} from '@user-activity/domain';
import { lenientTime } from './lenient-time.ts';
import { mendedId, mendedType, mendedUser } from './mended-names.ts';
import { type Original, originalOf } from './originals.ts';
import { wholeJson } from './whole-json.ts';

/** Reads a member of a call; undefined if it is absent or null. */
export type ReadMember = (name: string) => unknown;

/** The value of a field of the activity, and the originals of the members that were changed to make it. */
export interface MendedField<Value> {
  readonly value: Value;
  readonly originals: readonly Original[];
}

/** The user: the userId or, if that is not usable, the anonymousId. Returns undefined if neither is. */
export function userIn(read: ReadMember): (MendedField<string> & { readonly place: string }) | undefined {
  const originals: Original[] = [];
  for (const place of ['userId', 'anonymousId']) {
    const sent = read(place);
    const name = textOf(sent)?.trim();
    if (name === undefined && sent !== undefined) originals.push(originalOf(place, sent));
    if (name === undefined || name === '') continue;
    const value = mendedUser(name);
    if (value !== name) originals.push(originalOf(place, sent));
    return { place, value, originals };
  }
  return undefined;
}

export function userFaults(read: ReadMember): readonly Violation[] {
  const isGiven = (place: string): boolean => read(place) !== undefined && read(place) !== '';
  const place = isGiven('userId') || !isGiven('anonymousId') ? 'userId' : 'anonymousId';
  const violations = new Violations();
  violations.check(`/${place}`, () => UserId.parse(read(place)));
  return violations.list;
}

/** The id: the messageId. If that is not a string, its JSON is the id, so that a retry has the same id. */
export function idIn(read: ReadMember): MendedField<string | undefined> {
  const sent = read('messageId');
  if (sent === undefined || isBlank(sent)) return { value: undefined, originals: [] };
  const text = textOf(sent) ?? wholeJson(sent);
  const value = mendedId(text);
  return { value, originals: value === text ? [] : [originalOf('messageId', sent)] };
}

/** The type, made of the name in `place`; TRACK if there is no name. */
export function typeIn(read: ReadMember, place: 'event' | 'type'): MendedField<string> {
  const sent = read(place);
  const name = textOf(sent);
  const value = unlessBroken(() => ActivityType.parse(name));
  if (value !== undefined) return { value, originals: [] };
  const mended = name === undefined ? undefined : mendedType(name);
  return { value: mended ?? 'TRACK', originals: sent === undefined ? [] : [originalOf(place, sent)] };
}

/** The time: the timestamp or, if that cannot be parsed, the originalTimestamp. */
export function timeIn(read: ReadMember): MendedField<string | undefined> & { readonly place: string } {
  const originals: Original[] = [];
  for (const place of ['timestamp', 'originalTimestamp']) {
    const sent = read(place);
    if (sent === undefined || isBlank(sent)) continue;
    if (isTime(sent)) return { place, value: sent, originals };
    originals.push(originalOf(place, sent));
    const moment = lenientTime(sent);
    if (moment !== undefined) return { place, value: Timestamp.toISO(moment), originals };
  }
  return { place: '', value: undefined, originals };
}

/** A string or a number as text. The parser keeps a number that no double can hold as the text that was sent. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const isTime = (value: unknown): value is string =>
  typeof value === 'string' && unlessBroken(() => Timestamp.parse(value)) !== undefined;

const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';
