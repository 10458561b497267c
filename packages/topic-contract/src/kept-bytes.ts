/**
 * The header of a record that stands for a batch of records that could not be read: their first and last offset, `5-9`. The value
 * is the batch as the log holds it.
 */
export const unreadableBatchHeader = 'user-activity-unreadable-batch';

/** The header that stands for all headers of a record that has too many to be told apart: their bytes in Kafka's record format. */
export const encodedHeadersHeader = 'user-activity-encoded-headers';

/** Why a record with one of these headers, as from a dead letter that was published again, can't be read. */
export function unreadableAgain(headers: Readonly<Record<string, unknown>>): string | undefined {
  if (Object.hasOwn(headers, unreadableBatchHeader))
    return `it is a batch of records that could not be read; its offsets are in the header ${unreadableBatchHeader}`;
  if (Object.hasOwn(headers, encodedHeadersHeader))
    return `it has too many headers; they are in the header ${encodedHeadersHeader}`;
  return undefined;
}
