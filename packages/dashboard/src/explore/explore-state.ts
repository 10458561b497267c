import type { ActivityFilter, MetadataValue } from '@user-activity/client';
import { maxValues, valuesOf } from '../shared/filter-values.ts';
import { isRangeText, rangeParameter, type TimeRange } from './time-range.ts';

/** Where metadata must have a value. */
export interface MetadataCondition {
  /** The path, such as `device.os`. */
  readonly path: string;
  readonly value: string;
}

/** What Explore shows. All of it is in the URL. */
export interface ExploreState {
  readonly users: readonly string[];
  readonly types: readonly string[];
  readonly metadata: readonly MetadataCondition[];
  readonly from: string;
  readonly to: string;
  readonly order: 'asc' | 'desc';
  /** The id of the activity whose details are open. */
  readonly open: string | undefined;
}

const metadataPrefix = 'metadata.';
/** The most different paths that the service takes. */
const maxPaths = 10;

/** Reads the state from the parameters of a URL. Anything that it does not know is left out. */
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
    users: valuesOf(parameters, 'userId'),
    types: valuesOf(parameters, 'type'),
    metadata,
    from: timeIn('from') ?? defaultFrom,
    to: timeIn('to') ?? '',
    order: parameters.get('order') === 'asc' ? 'asc' : 'desc',
    open: parameters.get('id') ?? undefined,
  };
}

/** Returns why the service would refuse one more condition, or undefined if it takes it. */
export function conditionFault(
  conditions: readonly MetadataCondition[],
  { path }: MetadataCondition,
): string | undefined {
  const paths = new Set(conditions.map((condition) => condition.path));
  if (!paths.has(path)) return paths.size < maxPaths ? undefined : `At most ${maxPaths} metadata paths.`;
  const count = conditions.filter((condition) => condition.path === path).length;
  return count < maxValues ? undefined : `At most ${maxValues} values of a path.`;
}

/** The beginning of the time range if the URL has none. */
const defaultFrom = '-24h';

/** Returns the parameters of a state. Those at their defaults are left out. */
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

/** Returns whether a state selects activities by anything but time. */
export const isFiltered = ({ users, types, metadata }: ExploreState): boolean =>
  users.length + types.length + metadata.length > 0;

/** Returns the filter that the service gets. Its times are absolute, so that the list, the chart and an export have the same range. */
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
