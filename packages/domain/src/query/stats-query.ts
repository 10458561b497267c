import type { ActivityFilter } from './activity-filter.ts';
import type { TimeUnit } from './time-slots.ts';
import type { TimeZone } from './time-zone.ts';

/** The fields by which activities can be grouped. */
export const keyFields = ['type', 'userId'] as const;
export type KeyField = (typeof keyFields)[number];

/** The maximum number of types or users in stats. */
export const maxKeys = 10_000;
/** The maximum number of units of time in stats. A week by the minute has 10,080, two years by the hour have 17,544. */
export const maxTimeLines = 20_000;

/** Asks how many activities there are by type, by user, or by unit of time in a time zone. */
export type StatsQuery = { readonly filter: ActivityFilter } & (
  | { readonly by: KeyField }
  | { readonly by: TimeUnit; readonly timeZone: TimeZone }
);
