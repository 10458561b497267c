import type { Activity, ActivityFilter } from '@user-activity/client';
import { service, serviceNow } from '../api/service.ts';
import { loadLines, loadTypes, type TypeCount } from '../shared/load-lines.ts';
import { type Stacks, stacksOf } from '../shared/stacks.ts';
import { endOf, startOf, type TimeUnit, unitFor } from '../shared/time-units.ts';
import { colorsOf, maxTypes, otherColor } from '../shared/type-colors.ts';
import { lengthOf, type UserState } from './user-state.ts';

/** What a user did, in numbers. */
export interface Summary {
  /** The range that it is about. */
  readonly state: UserState;
  readonly total: number;
  /** The most frequent first. Undefined: there are too many to list them. */
  readonly types: readonly TypeCount[] | undefined;
  readonly stacks: Stacks;
  readonly unit: TimeUnit;
  /** The range of the bars, in ms since 1970. */
  readonly from: number;
  readonly to: number;
  readonly first: Activity | undefined;
  readonly last: Activity | undefined;
}

export const filterOf = ({ userId, from, type }: UserState): ActivityFilter => ({
  userId,
  ...(from !== '' && { from }),
  ...(type !== undefined && { type }),
});

/** Counts the activities of a user, by type and over time. The types are not narrowed to the chosen one, so that others can be chosen. */
export async function loadSummary(state: UserState, signal: AbortSignal): Promise<Summary> {
  const filter = filterOf({ ...state, type: undefined });
  const edge = async (order: 'asc' | 'desc'): Promise<Activity | undefined> =>
    (await service.queryPage({ ...filter, order, limit: 1 }, { signal })).data[0];
  const [total, types, first, last] = await Promise.all([
    service.count(filter, { signal }),
    loadTypes(filter, signal),
    edge('asc'),
    edge('desc'),
  ]);
  const now = serviceNow();
  const length = lengthOf(state.from);
  const oldest = first === undefined ? now : Date.parse(first.createdAt);
  // Applications may send times that are ahead of the clock of the service.
  const latest = Math.max(now, last === undefined ? now : Date.parse(last.createdAt));
  const begin = length === undefined ? oldest : now - length;
  const unit = unitFor(begin, latest);
  const lines = await loadLines(filterOf(state), unit, signal);
  const range = { unit, from: startOf(unit, begin), to: endOf(unit, latest) };
  const colorOf = typeColors(types ?? []);
  const stacks = stacksOf(lines, range);
  const series = stacks.series.map((one) =>
    one.type === undefined ? one : { ...one, color: colorOf(one.type) },
  );
  return { ...range, state, total, types, stacks: { ...stacks, series }, first, last };
}

/** Returns the colors of the most frequent types, in CSS. All others share one. */
export function typeColors(types: readonly TypeCount[]): (type: string) => string {
  const shown = types.slice(0, types.length > maxTypes ? maxTypes - 1 : maxTypes).map(({ type }) => type);
  const colors = colorsOf(shown);
  return (type) => colors.get(type) ?? otherColor;
}
