import type { Page } from '../api/activity.ts';
import type { CallOptions, Connection } from '../http/connection.ts';

/** Requests the pages of a list one after the other, and yields their items. Items that are added meanwhile cause no repeats. */
export async function* walkPages<Item>(
  connection: Connection,
  path: string,
  makeQuery: (cursor: string | undefined) => URLSearchParams,
  options: CallOptions = {},
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | null | undefined;
  do {
    const { data, pagination }: Page<Item> = await connection.get({
      path,
      query: makeQuery(cursor ?? undefined),
      ...options,
    });
    yield* data;
    cursor = pagination.nextCursor;
  } while (cursor);
}
