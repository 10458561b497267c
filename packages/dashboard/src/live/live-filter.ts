import type { ActivityFilter } from '@user-activity/client';
import { filterValues } from '../shared/filter-values.ts';

/** The filter of the view Live. The URL contains all of it. */
export interface LiveFilter {
  readonly users: readonly string[];
  readonly types: readonly string[];
}

/** Reads the filter from the parameters of a URL. Ignores unknown parameters. */
export const parseLiveFilter = (parameters: URLSearchParams): LiveFilter => ({
  users: filterValues(parameters, 'userId'),
  types: filterValues(parameters, 'type'),
});

/** Returns the URL parameters for a filter. */
export const liveParameters = ({ users, types }: LiveFilter): URLSearchParams =>
  new URLSearchParams([...users.map((user) => ['userId', user]), ...types.map((type) => ['type', type])]);

/** Returns the filter for requests to the service. */
export const activityFilter = ({ users, types }: LiveFilter): ActivityFilter => ({
  ...(users.length > 0 && { userId: users }),
  ...(types.length > 0 && { type: types }),
});
