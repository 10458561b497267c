import { type ErasureRequested, UserErasure } from '../erasure/user-erasure.ts';
import type { ActivityLogged } from './activity-logged.ts';
import type { RawRecord } from './log-record.ts';

/** An event on the log. */
export type LogEvent = ActivityLogged | ErasureRequested;

/** The types of events on the log, as CloudEvents name them. An incompatible value would get `.v2`. */
export const eventTypes: Readonly<Record<LogEvent['name'], string>> = {
  ActivityLogged: 'user-activity.logged.v1',
  ErasureRequested: 'user-activity.erasure-requested.v1',
};

/** Returns the user whose partition the event belongs to. Its id is the key of the record. */
export const userOf = (event: LogEvent): string =>
  event.name === 'ActivityLogged' ? event.activity.userId : event.erasure.userId;

/** Returns the JSON text of an event, the value of its record. */
export const textOfEvent = (event: LogEvent): string =>
  event.name === 'ActivityLogged' ? event.activity.toText() : UserErasure.toText(event.erasure);

const typeHeader = 'ce_type';
const erasureHeaders: RawRecord['headers'] = {
  [typeHeader]: [Uint8Array.from(eventTypes.ErasureRequested, (character) => character.charCodeAt(0))],
};

/** Returns the headers of an event on a log that names no type for activities. */
export const headersOfEvent = ({ name }: LogEvent): RawRecord['headers'] =>
  name === 'ActivityLogged' ? {} : erasureHeaders;

/** Returns whether `headersOfEvent` made the headers for a requested erasure. */
export function areOfErasure(headers: RawRecord['headers']): boolean {
  const type = Object.hasOwn(headers, typeHeader) ? headers[typeHeader]?.at(-1) : undefined;
  return type !== undefined && String.fromCharCode(...type.subarray(0, 100)) === eventTypes.ErasureRequested;
}
