import { type ErasureRequested, UserErasure } from '../erasure/user-erasure.ts';
import type { ActivityLogged } from './activity-logged.ts';

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
