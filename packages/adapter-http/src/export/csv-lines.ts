import { type StoredActivity, Timestamp } from '@user-activity/domain';
import { stringify } from 'csv-stringify/sync';

// RFC 4180, section 2. No value has a line break: ids, users and types have no control characters, and JSON escapes them.
const options = { record_delimiter: 'windows' } as const;

/** The names of the columns. */
export const csvHeader: string = stringify(
  [['id', 'userId', 'type', 'createdAt', 'receivedAt', 'metadata']],
  options,
);

/** Returns a line of CSV for each activity. */
export const csvLines = (activities: readonly StoredActivity[]): string =>
  stringify(
    activities.map(({ id, userId, type, createdAt, receivedAt, metadata }) => [
      safeCell(id),
      safeCell(userId),
      safeCell(type),
      Timestamp.toISO(createdAt),
      Timestamp.toISO(receivedAt),
      metadata,
    ]),
    options,
  );

// The first characters that OWASP names (https://owasp.org/www-community/attacks/CSV_Injection), their full-width forms, and the quote
// itself, so that a reader can undo it: a quote at the beginning is always one that was added.
const unsafeStart = /^['=+\-@\t\r\n＝＋－＠]/u;

/** Puts a single quote before a text that a spreadsheet would take for a formula. */
export const safeCell = (text: string): string => (unsafeStart.test(text) ? `'${text}` : text);
