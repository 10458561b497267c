import { type ErasureRequested, UserErasure } from '../erasure/user-erasure.ts';
import type { ActivityLogged } from './activity-logged.ts';

/** An event on the log. */
export type LogEvent = ActivityLogged | ErasureRequested;

/** The CloudEvents `type` of each event on the log. An incompatible format would get a type that ends with `.v2`. */
export const eventTypes: Readonly<Record<LogEvent['name'], string>> = {
  ActivityLogged: 'user-activity.logged.v1',
  ErasureRequested: 'user-activity.erasure-requested.v1',
};

/** Returns the id of the event's user. It is the key of the record, so it decides on the partition. */
export const userOf = (event: LogEvent): string =>
  event.name === 'ActivityLogged' ? event.activity.userId : event.erasure.userId;

/** Returns the event as JSON text, which is the value of its record. */
export const textOfEvent = (event: LogEvent): string =>
  event.name === 'ActivityLogged' ? event.activity.toText() : UserErasure.toText(event.erasure);
