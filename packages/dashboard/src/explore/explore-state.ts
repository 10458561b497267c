import type { ActivityFilter, MetadataValue } from '@user-activity/client';
import { maxValues, filterValues } from '../shared/filter-values.ts';
import { isRangeText, rangeParameter, type TimeRange } from './time-range.ts';

/** A filter by metadata: the value that must be at a path. */
export interface MetadataCondition {
  /** The path, such as `device.os`. */
  readonly path: string;
  readonly value: string;
}

/** The state of the view Explore. The URL contains all of it. */
export interface ExploreState {
  readonly users: readonly string[];
  readonly types: readonly string[];
  readonly metadata: readonly MetadataCondition[];
  /** The start of the time range: a relative time such as `-24h`, RFC 3339, a date, or `all` for no start. */
  readonly from: string;
  /** The end of the time range, in the same formats. Empty if no end is chosen. */
  readonly to: string;
  readonly order: 'asc' | 'desc';
  /** The id of the activity whose details are open. */
  readonly open: string | undefined;
}

const metadataPrefix = 'metadata.';
/** The maximum number of different metadata paths that the service accepts in a filter. */
const maxPaths = 10;

/** Reads the state from the parameters of a URL. Ignores unknown parameters and invalid values. */
export function parseExplore(parameters: URLSearchParams): ExploreState {
  const timeIn = (name: string): string | undefined =>
    [parameters.get(name) ?? ''].find((text) => isRangeText(text));
  const metadata: MetadataCondition[] = [];
  for (const [name, value] of parameters) {
    const condition = { path: name.slice(metadataPrefix.length), value };
    if (name.startsWith(metadataPrefix) && conditionFault(metadata, condition) === undefined)
      metadata.push(condition);
  }
  return {
    users: filterValues(parameters, 'userId'),
    types: filterValues(parameters, 'type'),
    metadata,
    from: timeIn('from') ?? defaultFrom,
    to: timeIn('to') ?? '',
    order: parameters.get('order') === 'asc' ? 'asc' : 'desc',
    open: parameters.get('id') ?? undefined,
  };
}

/** Returns an error message if the service would refuse the condition in addition to `conditions`. Otherwise returns undefined. */
export function conditionFault(
  conditions: readonly MetadataCondition[],
  { path }: MetadataCondition,
): string | undefined {
  const paths = new Set(conditions.map((condition) => condition.path));
  if (!paths.has(path)) return paths.size < maxPaths ? undefined : `At most ${maxPaths} metadata paths.`;
  const count = conditions.filter((condition) => condition.path === path).length;
  return count < maxValues ? undefined : `At most ${maxValues} values for each path.`;
}

/** The start of the time range if the URL has none. */
const defaultFrom = '-24h';

/** Returns the URL parameters for a state. Leaves out default values. */
export function exploreParameters(state: ExploreState): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const user of state.users) parameters.append('userId', user);
  for (const type of state.types) parameters.append('type', type);
  for (const { path, value } of state.metadata) parameters.append(`${metadataPrefix}${path}`, value);
  if (state.from !== defaultFrom || state.to !== '') parameters.set('from', state.from);
  if (state.to !== '') parameters.set('to', state.to);
  if (state.order === 'asc') parameters.set('order', 'asc');
  if (state.open !== undefined) parameters.set('id', state.open);
  return parameters;
}

/** Returns true if the state has a filter by user, type or metadata. */
export const isFiltered = ({ users, types, metadata }: ExploreState): boolean =>
  users.length + types.length + metadata.length > 0;

/** Returns the filter for requests to the service. It has absolute times, so that the table, the chart and an export cover the same range. */
export function filterOf({ users, types, metadata }: ExploreState, range: TimeRange): ActivityFilter {
  // Not an object: a path may be `constructor` or `__proto__`.
  const conditions = new Map<string, MetadataValue[]>();
  for (const { path, value } of metadata) conditions.set(path, [...(conditions.get(path) ?? []), value]);
  return {
    ...(users.length > 0 && { userId: users }),
    ...(types.length > 0 && { type: types }),
    ...(metadata.length > 0 && { metadata: Object.fromEntries(conditions) }),
    ...rangeParameter(range),
  };
}
