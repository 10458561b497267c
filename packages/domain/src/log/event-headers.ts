import { eventTypes, type LogEvent } from './log-event.ts';
import type { RawRecord } from './log-record.ts';

const typeHeader = 'ce_type';
const erasureHeaders: RawRecord['headers'] = {
  [typeHeader]: [Uint8Array.from(eventTypes.ErasureRequested, (character) => character.charCodeAt(0))],
};

/** Returns the headers for the record of an event on a log other than Kafka's. There, only an erasure has a header with its type. */
export const headersOfEvent = ({ name }: LogEvent): RawRecord['headers'] =>
  name === 'ActivityLogged' ? {} : erasureHeaders;

/** Returns whether the headers, which `headersOfEvent` made, are those of a requested erasure. */
export function hasErasureType(headers: RawRecord['headers']): boolean {
  const type = Object.hasOwn(headers, typeHeader) ? headers[typeHeader]?.at(-1) : undefined;
  return type !== undefined && String.fromCharCode(...type.subarray(0, 100)) === eventTypes.ErasureRequested;
}
