import type { ActivityFilter } from '@user-activity/client';
import { type Command, InvalidArgumentError } from 'commander';

/** Collects the values of an option that may be given several times. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Parses a whole number of an option. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    if (!/^\d{1,9}$/.test(text) || Number(text) < min || Number(text) > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return Number(text);
  };

/** Parses an id that becomes a part of a path. */
export function pathText(text: string): string {
  if (/^\.{0,2}$/.test(text)) throw new InvalidArgumentError('There is no such id.');
  return text;
}

/** The options that select activities. */
export interface FilterOptions {
  readonly user: readonly string[];
  readonly type: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly metadata: readonly string[];
}

/** Adds the options of `FilterOptions`. */
export const withFilterOptions = (command: Command): Command =>
  command
    .option('--user <id>', 'only this user; repeat it for any of several', collect, [])
    .option('--type <type>', 'only this type; repeat it for any of several', collect, [])
    .option('--from <time>', 'from this time on: RFC 3339, a date, or a time ago such as -24h')
    .option('--to <time>', 'before this time')
    .option(
      '--metadata <path=value>',
      'only with this value in the metadata, such as device.os=ios',
      collect,
      [],
    );

/** Returns the filter. Throws InvalidArgumentError if a condition on metadata has no `=`. */
export function filterOf({ user, type, from, to, metadata }: FilterOptions): ActivityFilter {
  const conditions = metadata.map((text) => {
    const end = text.indexOf('=');
    if (end < 1) throw new InvalidArgumentError(`--metadata must be path=value, and not ${text}`);
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
