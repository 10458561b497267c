import type { ActivityFilter } from '../api/activity.ts';

type Value = string | number | boolean | null | Date | undefined;

/** Makes the query string of a URL. A list becomes one parameter for each value. Parameters that are `undefined` are left out. */
export function queryParameters(
  parameters: Readonly<Record<string, Value | readonly Value[]>>,
  metadata: ActivityFilter['metadata'] = {},
): URLSearchParams {
  const query = new URLSearchParams();
  const add = (name: string, values: Value | readonly Value[]): void => {
    for (const value of [values].flat())
      if (value !== undefined)
        query.append(name, value instanceof Date ? value.toISOString() : String(value));
  };
  for (const [name, values] of Object.entries(parameters)) add(name, values);
  for (const [path, values] of Object.entries(metadata)) add(`metadata.${path}`, values);
  return query;
}

/** Makes the query string for a filter and further parameters. */
export function filterParameters(
  { userId, type, from, to, metadata }: ActivityFilter,
  more: Readonly<Record<string, Value>> = {},
): URLSearchParams {
  return queryParameters({ userId, type, from, to, ...more }, metadata);
}
