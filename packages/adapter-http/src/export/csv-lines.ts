import { type StoredActivity, Timestamp } from '@user-activity/domain';

const columns = ['id', 'userId', 'type', 'createdAt', 'receivedAt', 'metadata'];

/** The first line of the CSV, with the names of the columns. */
export const csvHeader = `${columns.join(',')}\r\n`;

/**
 * Loads the library that writes CSV, which would add some milliseconds to each start. Returns a function that makes a CSV line for each
 * activity.
 */
export async function loadCsvLines(): Promise<(activities: readonly StoredActivity[]) => string> {
  const { stringify } = await import('csv-stringify/sync');
  // Line ends as in RFC 4180, section 2. No value has a line break: control characters are not allowed in ids, users and types, and are
  // escaped in JSON.
  return (activities) => stringify(activities.map(rowOf), { record_delimiter: 'windows' });
}

const rowOf = ({ id, userId, type, createdAt, receivedAt, metadata }: StoredActivity): readonly string[] => [
  safeCell(id),
  safeCell(userId),
  safeCell(type),
  Timestamp.toISO(createdAt),
  Timestamp.toISO(receivedAt),
  metadata,
];

// The first characters that OWASP names (https://owasp.org/www-community/attacks/CSV_Injection), and their full-width forms. The quote
// itself is one too, so that a reader can undo this: a quote at the beginning of a cell was always added.
const unsafeStart = /^['=+\-@\t\r\n＝＋－＠]/u;

/** Puts a single quote before a text that a spreadsheet would take for a formula. */
export const safeCell = (text: string): string => (unsafeStart.test(text) ? `'${text}` : text);
