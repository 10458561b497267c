import type { ActivityFilter } from '@user-activity/client';
import { valuesOf } from '../shared/filter-values.ts';

/** What Live shows. All of it is in the URL. */
export interface LiveFilter {
  readonly users: readonly string[];
  readonly types: readonly string[];
}

/** Reads the filter from the parameters of a URL. Anything that it does not know is left out. */
export const parseLiveFilter = (parameters: URLSearchParams): LiveFilter => ({
  users: valuesOf(parameters, 'userId'),
  types: valuesOf(parameters, 'type'),
});

export const liveParameters = ({ users, types }: LiveFilter): URLSearchParams =>
  new URLSearchParams([...users.map((user) => ['userId', user]), ...types.map((type) => ['type', type])]);

/** Returns the filter that the service gets. */
export const activityFilter = ({ users, types }: LiveFilter): ActivityFilter => ({
  ...(users.length > 0 && { userId: users }),
  ...(types.length > 0 && { type: types }),
});
