/**
 * The header of a record that stands for an unreadable batch. Its value is the first and last offset, such as `5-9`. The record's
 * value is the raw batch.
 */
export const unreadableBatchHeader = 'user-activity-unreadable-batch';

/** The header that replaces all headers of a record with too many. Its value is their bytes in Kafka's record format. */
export const encodedHeadersHeader = 'user-activity-encoded-headers';

/** Returns why a record with one of these headers can't be read. It is a dead letter that was published again. */
export function unreadableAgain(headers: Readonly<Record<string, unknown>>): string | undefined {
  if (Object.hasOwn(headers, unreadableBatchHeader))
    return `it is a batch of records that could not be read; its offsets are in the header ${unreadableBatchHeader}`;
  if (Object.hasOwn(headers, encodedHeadersHeader))
    return `it has too many headers; they are in the header ${encodedHeadersHeader}`;
  return undefined;
}
