import type { ActivityFilter } from './activity-filter.ts';
import type { KeyCount } from './time-lines.ts';
import type { TimeUnit } from './time-slots.ts';
import type { TimeZone } from './time-zone.ts';

/** The fields by which activities can be grouped. */
export const keyFields = ['type', 'userId'] as const;
export type KeyField = (typeof keyFields)[number];

/** The maximum number of types or users in stats. */
export const maxKeys = 10_000;
/** The maximum number of units of time in stats. A week by the minute has 10,080, two years by the hour have 17,544. */
export const maxTimeLines = 20_000;

/** The maximum number of types or users for which each unit of time is counted separately. Each of them takes a query of the store. */
export const maxSeries = 100;

/**
 * Asks how many activities there are by type, by user, or by unit of time in a time zone. With `series`, each unit of time is counted
 * separately for each type or user.
 */
export type StatsQuery = { readonly filter: ActivityFilter } & (
  | { readonly by: KeyField }
  | { readonly by: TimeUnit; readonly timeZone: TimeZone; readonly series?: KeyField | undefined }
);

/** The number of activities of one type, of one user, or in one unit of time. A line of a series also has its type or user. */
export type StatsLine = KeyCount & { readonly [Field in KeyField]?: string };
