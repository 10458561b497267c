/** What the view of a user shows. All of it is in the URL. */
export interface UserState {
  /** Empty: nobody is chosen. */
  readonly userId: string;
  readonly from: string;
  /** Only this type. Undefined: all. */
  readonly type: string | undefined;
  /** The erasure whose progress is shown. */
  readonly erasure: string | undefined;
}

/** The ranges to choose from, as the service takes them. Empty: all time. */
export const userRanges: readonly (readonly [from: string, label: string])[] = [
  ['-24h', 'Last 24 hours'],
  ['-7d', 'Last 7 days'],
  ['-30d', 'Last 30 days'],
  ['-365d', 'Last year'],
  ['', 'All time'],
];

const hourMs = 3_600_000;

/** Returns the length of a range, in ms. Undefined: it has no beginning. */
export function lengthOf(from: string): number | undefined {
  const [, count, unit] = /^-(\d+)([hd])$/.exec(from) ?? [];
  return count === undefined ? undefined : Number(count) * (unit === 'h' ? hourMs : 24 * hourMs);
}

const defaultFrom = '-30d';

/** Reads the state from the parameters of a URL. Anything that it does not know is left out. */
export function parseUserState(parameters: URLSearchParams): UserState {
  const from = parameters.get('from') ?? defaultFrom;
  return {
    userId: parameters.get('userId') ?? '',
    from: userRanges.some(([known]) => known === from) ? from : defaultFrom,
    type: parameters.get('type') || undefined,
    erasure: parameters.get('erasure') || undefined,
  };
}

/** Returns the parameters of a state. Those at their defaults are left out. */
export function userParameters({ userId, from, type, erasure }: UserState): URLSearchParams {
  const parameters = new URLSearchParams();
  if (userId !== '') parameters.set('userId', userId);
  if (from !== defaultFrom) parameters.set('from', from);
  if (type !== undefined) parameters.set('type', type);
  if (erasure !== undefined) parameters.set('erasure', erasure);
  return parameters;
}
