/** The state of the view User. The URL contains all of it. */
export interface UserState {
  /** Empty if no user is chosen. */
  readonly userId: string;
  /** The start of the time range: one of `userRanges`. */
  readonly from: string;
  /** The type to filter by. Undefined: all types. */
  readonly type: string | undefined;
  /** The id of the erasure whose progress is shown. */
  readonly erasure: string | undefined;
}

/** The time ranges to choose from. `from` is a value for the parameter `from` of the service. Empty: all time. */
export const userRanges: readonly (readonly [from: string, label: string])[] = [
  ['-24h', 'Last 24 hours'],
  ['-7d', 'Last 7 days'],
  ['-30d', 'Last 30 days'],
  ['-365d', 'Last year'],
  ['', 'All time'],
];

const hourMs = 3_600_000;

/** Returns the length of a time range in ms, such as 86,400,000 for `-24h`. Undefined for all time. */
export function rangeLengthMs(from: string): number | undefined {
  const [, count, unit] = /^-(\d+)([hd])$/.exec(from) ?? [];
  return count === undefined ? undefined : Number(count) * (unit === 'h' ? hourMs : 24 * hourMs);
}

const defaultFrom = '-30d';

/** Reads the state from the parameters of a URL. Ignores unknown parameters and invalid values. */
export function parseUserState(parameters: URLSearchParams): UserState {
  const from = parameters.get('from') ?? defaultFrom;
  return {
    userId: parameters.get('userId') ?? '',
    from: userRanges.some(([known]) => known === from) ? from : defaultFrom,
    type: parameters.get('type') || undefined,
    erasure: parameters.get('erasure') || undefined,
  };
}

/** Returns the URL parameters for a state. Leaves out default values. */
export function userParameters({ userId, from, type, erasure }: UserState): URLSearchParams {
  const parameters = new URLSearchParams();
  if (userId !== '') parameters.set('userId', userId);
  if (from !== defaultFrom) parameters.set('from', from);
  if (type !== undefined) parameters.set('type', type);
  if (erasure !== undefined) parameters.set('erasure', erasure);
  return parameters;
}
