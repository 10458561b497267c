import type { Page } from '../api/activity.ts';
import type { CallOptions, Connection } from '../http/connection.ts';

/** Walks through the pages of a list. Yields each item once, also if others are added meanwhile. */
export async function* walkPages<Item>(
  connection: Connection,
  path: string,
  queryOf: (cursor: string | undefined) => URLSearchParams,
  options: CallOptions = {},
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | null | undefined;
  do {
    const { data, pagination }: Page<Item> = await connection.get({
      path,
      query: queryOf(cursor ?? undefined),
      ...options,
    });
    yield* data;
    cursor = pagination.nextCursor;
  } while (cursor);
}
