/**
 * If a batch of records can't be read, its dead letter is one record with the raw batch as value. This header of the record has the first and
 * the last offset of the batch, such as `5-9`.
 */
export const unreadableBatchHeader = 'user-activity-unreadable-batch';

/** If a record has too many headers, this one header replaces them. Its value has the original headers in Kafka's record format. */
export const encodedHeadersHeader = 'user-activity-encoded-headers';

/**
 * Returns why a record with one of these two headers can't be read, and undefined for any other record. Such a record is a dead letter that was
 * published again.
 */
export function reasonOfKeptBytes(headers: Readonly<Record<string, unknown>>): string | undefined {
  if (Object.hasOwn(headers, unreadableBatchHeader))
    return `the record is a batch that could not be read; the header ${unreadableBatchHeader} has its offsets`;
  if (Object.hasOwn(headers, encodedHeadersHeader))
    return `the record had too many headers; the header ${encodedHeadersHeader} has all of them`;
  return undefined;
}
