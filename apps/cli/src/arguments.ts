import type { ActivityFilter } from '@user-activity/client';
import { type Command, InvalidArgumentError } from 'commander';

/** Adds a value of a repeatable option to its earlier values. */
export const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [
  ...earlier,
  value,
];

/** Returns a function that parses a whole number from `min` to `max`. */
export const wholeNumberParser =
  (min: number, max: number) =>
  (text: string): number => {
    if (!/^\d{1,9}$/.test(text) || Number(text) < min || Number(text) > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return Number(text);
  };

/** Parses an id that becomes a segment of a URL path. Throws for an empty id, `.` and `..`, because a URL can't contain them as a segment. */
export function parsePathSegment(text: string): string {
  if (/^\.{0,2}$/.test(text)) throw new InvalidArgumentError('There is no such id.');
  return text;
}

/** The options that select activities. */
export interface FilterOptions {
  readonly user?: readonly string[];
  readonly type?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly metadata?: readonly string[];
}

/** Adds the options of `FilterOptions`. */
export const withFilterOptions = (command: Command): Command =>
  command
    .option('--user <id>', 'only activities of this user; repeat the option for several users', collect)
    .option('--type <type>', 'only activities of this type; repeat the option for several types', collect)
    .option(
      '--from <time>',
      'only activities at or after this time: RFC 3339, a date, or a relative time such as -24h',
    )
    .option('--to <time>', 'only activities before this time')
    .option(
      '--metadata <path=value>',
      'only activities with this value in the metadata, such as device.os=ios',
      collect,
    );

/** Returns the filter that the options describe. Throws InvalidArgumentError if a condition on metadata has no `=`. */
export function filterOf({ user = [], type = [], from, to, metadata = [] }: FilterOptions): ActivityFilter {
  const conditions = metadata.map((text) => {
    const end = text.indexOf('=');
    if (end < 1) throw new InvalidArgumentError(`--metadata must be path=value, not ${text}`);
    return [text.slice(0, end), text.slice(end + 1)] as const;
  });
  const values = Map.groupBy(conditions, ([path]) => path);
  return {
    ...(user.length === 0 ? {} : { userId: user }),
    ...(type.length === 0 ? {} : { type }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(values.size === 0
      ? {}
      : {
          metadata: Object.fromEntries(
            [...values].map(([path, all]) => [path, all.map(([, value]) => value)]),
          ),
        }),
  };
}
