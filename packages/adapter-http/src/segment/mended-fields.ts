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

/** A member of a call; undefined if it has none of the name, or null. */
export type Said = (name: string) => unknown;

/** The value of a field of the activity, and the originals of the members that were changed for it. */
export interface MendedField<Value> {
  readonly value: Value;
  readonly originals: readonly Original[];
}

/** The user: the userId, or the anonymousId if the userId names nobody. Returns undefined if neither names someone. */
export function userIn(said: Said): (MendedField<string> & { readonly place: string }) | undefined {
  const originals: Original[] = [];
  for (const place of ['userId', 'anonymousId']) {
    const sent = said(place);
    const name = textOf(sent)?.trim();
    if (name === undefined && sent !== undefined) originals.push(originalOf(place, sent));
    if (name === undefined || name === '') continue;
    const value = mendedUser(name);
    if (value !== name) originals.push(originalOf(place, sent));
    return { place, value, originals };
  }
  return undefined;
}

/** The violations of a call that names no user. */
export function userFaults(said: Said): readonly Violation[] {
  const isGiven = (place: string): boolean => said(place) !== undefined && said(place) !== '';
  const place = isGiven('userId') || !isGiven('anonymousId') ? 'userId' : 'anonymousId';
  const violations = new Violations();
  violations.check(`/${place}`, () => UserId.parse(said(place)));
  return violations.list;
}

/** The id: the messageId. One that is no text is the text of its JSON, so that a retry has the same. */
export function idIn(said: Said): MendedField<string | undefined> {
  const sent = said('messageId');
  if (sent === undefined || isBlank(sent)) return { value: undefined, originals: [] };
  const text = textOf(sent) ?? wholeJson(sent);
  const value = mendedId(text);
  return { value, originals: value === text ? [] : [originalOf('messageId', sent)] };
}

/** The type, by the name that the call has in that place; TRACK if there is no name. */
export function typeIn(said: Said, place: 'event' | 'type'): MendedField<string> {
  const sent = said(place);
  const name = textOf(sent);
  const value = unlessBroken(() => ActivityType.parse(name));
  if (value !== undefined) return { value, originals: [] };
  const mended = name === undefined ? undefined : mendedType(name);
  return { value: mended ?? 'TRACK', originals: sent === undefined ? [] : [originalOf(place, sent)] };
}

/** The time: the timestamp, or the originalTimestamp if the timestamp is not understood. */
export function timeIn(said: Said): MendedField<string | undefined> & { readonly place: string } {
  const originals: Original[] = [];
  for (const place of ['timestamp', 'originalTimestamp']) {
    const sent = said(place);
    if (sent === undefined || isBlank(sent)) continue;
    if (isTime(sent)) return { place, value: sent, originals };
    originals.push(originalOf(place, sent));
    const moment = lenientTime(sent);
    if (moment !== undefined) return { place, value: Timestamp.toISO(moment), originals };
  }
  return { place: '', value: undefined, originals };
}

/** A text or a number as text. One that no double holds was read as the text that it is written as. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const isTime = (value: unknown): value is string =>
  typeof value === 'string' && unlessBroken(() => Timestamp.parse(value)) !== undefined;

const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';
