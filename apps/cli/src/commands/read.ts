import type { Activity, StatsUnit } from '@user-activity/client';
import { type Command, Option } from 'commander';
import { type FilterOptions, filterOf, wholeNumberParser, withFilterOptions } from '../arguments.ts';
import type { Output } from '../output.ts';
import { formatTable } from '../printable.ts';
import { type ServiceOptions, withService, withServiceOptions } from '../service.ts';

type ReadOptions = ServiceOptions & FilterOptions & { readonly json: boolean };

const fields = ['type', 'userId'] as const;
const times = ['minute', 'hour', 'day', 'week', 'month'] as const;
const units: readonly StatsUnit[] = [
  ...fields,
  ...times,
  ...times.flatMap((time) => fields.map((field) => `${time},${field}` as const)),
];
const maxPageSize = 500;

/** Adds the commands that read activities. */
export function addReadCommands(program: Command, output: Output): void {
  const command = (name: string, description: string): Command =>
    withServiceOptions(withFilterOptions(program.command(name).description(description)));

  command('query', 'show activities, the latest first')
    .addOption(
      new Option('--order <order>', 'desc: the latest first, asc: the oldest first')
        .choices(['desc', 'asc'])
        .default('desc'),
    )
    .option('--limit <n>', 'the maximum number of activities', wholeNumberParser(1, 999_999_999), 50)
    .option('--json', 'one JSON object per line instead of a table', false)
    .action((options: ReadOptions & { readonly order: 'asc' | 'desc'; readonly limit: number }) =>
      query(options, output),
    );

  command('count', 'count activities exactly')
    .option('--json', 'a JSON object instead of the number', false)
    .action(async (options: ReadOptions) => {
      const count = await withService(options, (client) => client.count(filterOf(options)));
      output.result(options.json ? `${JSON.stringify({ count })}\n` : `${count}\n`);
    });

  command('stats', 'count activities by type, by user, or over time')
    .addOption(new Option('--by <unit>', 'what to count by').choices(units).default('type'))
    .option('--timezone <zone>', 'the time zone of days, weeks and months, such as Europe/Berlin')
    .option('--json', 'a JSON object instead of a table', false)
    .action((options: ReadOptions & { readonly by: StatsUnit; readonly timezone?: string }) =>
      stats(options, output),
    );
}

async function query(
  {
    order,
    limit,
    json,
    ...options
  }: ReadOptions & { readonly order: 'asc' | 'desc'; readonly limit: number },
  output: Output,
): Promise<void> {
  const rows: (readonly string[])[] = [];
  let left = limit;
  await withService(options, async (client) => {
    // One more than the limit shows whether there are more.
    const pageSize = Math.min(limit + 1, maxPageSize);
    for await (const activity of client.query({ ...filterOf(options), order, limit: pageSize })) {
      if (left === 0) {
        output.note('There are more activities: use a larger --limit.');
        return;
      }
      left -= 1;
      if (json) await output.stream(`${JSON.stringify(activity)}\n`);
      else rows.push(rowOf(activity));
    }
  });
  if (rows.length > 0) output.result(formatTable([['TIME', 'USER', 'TYPE', 'METADATA', 'ID'], ...rows]));
  else if (!json && left === limit) output.note('No activities match.');
}

const rowOf = ({ createdAt, userId, type, metadata, id }: Activity): readonly string[] => [
  createdAt,
  userId,
  type,
  JSON.stringify(metadata),
  id,
];

async function stats(
  { by, timezone, json, ...options }: ReadOptions & { readonly by: StatsUnit; readonly timezone?: string },
  output: Output,
): Promise<void> {
  const zone = timezone === undefined ? {} : { timezone };
  const found = await withService(options, (client) => client.stats({ ...filterOf(options), by, ...zone }));
  if (json) return output.result(`${JSON.stringify(found)}\n`);
  if (found.data.length === 0) return output.note('No activities match.');
  const rows = found.data.map(({ key, type, userId, count }) =>
    [key, type, userId, String(count)].filter((cell) => cell !== undefined),
  );
  const columns = by.split(',').map((unit) => (unit === 'userId' ? 'USER' : unit.toUpperCase()));
  output.result(formatTable([[...columns, 'COUNT'], ...rows]));
}
