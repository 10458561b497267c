import type { ActivityFilter } from '@user-activity/client';

/** What Live shows. All of it is in the URL. */
export interface LiveFilter {
  readonly users: readonly string[];
  readonly types: readonly string[];
}

/** The service takes at most 20 values of one filter. */
export const maxValues = 20;

/** Reads the filter from the parameters of a URL. Anything that it does not know is left out. */
export function parseLiveFilter(parameters: URLSearchParams): LiveFilter {
  const valuesOf = (name: string): readonly string[] =>
    [...new Set(parameters.getAll(name))].filter((value) => value !== '').slice(0, maxValues);
  return { users: valuesOf('userId'), types: valuesOf('type') };
}

export const liveParameters = ({ users, types }: LiveFilter): URLSearchParams =>
  new URLSearchParams([...users.map((user) => ['userId', user]), ...types.map((type) => ['type', type])]);

/** Returns the filter that the service gets. */
export const activityFilter = ({ users, types }: LiveFilter): ActivityFilter => ({
  ...(users.length > 0 && { userId: users }),
  ...(types.length > 0 && { type: types }),
});
