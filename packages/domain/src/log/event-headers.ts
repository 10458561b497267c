import { eventTypes, type LogEvent } from './log-event.ts';
import type { RawRecord } from './log-record.ts';

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
