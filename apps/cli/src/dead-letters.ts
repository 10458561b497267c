import { parseArgs } from 'node:util';
import { ApiClient, isObject } from './api-client.ts';
import type { Environment } from './config.ts';
import { RequestError, UsageError } from './failure.ts';
import type { Output } from './output.ts';
import { table } from './printable.ts';

const usage = `Usage: npm run dead-letters -- list [--code CODE]... [--from TIME] [--to TIME] [--order asc|desc] [--limit N]
       npm run dead-letters -- replay ID...
       npm run dead-letters -- replay --all

list    shows the records that could not be stored, and why, the latest first. Default --limit: 50.
replay  sends dead letters back to the log, to be stored after all: the given ids, or all of the project. Letters
        with the code invalid never were on the log, so they stay. Only one replay runs at a time.

CODE is unreadable, conflict, refused or invalid. TIME is RFC 3339, a date such as 2026-11-24
(its start in UTC), or relative: --from=-24h begins 24 hours ago.
  --project NAME  the project of the dead letters. Default: default. Those of records with an invalid project are in _system
  --json          JSON instead of a table; list prints one object per line (npm run -s hides npm's own lines)
  --url URL       URL of the service. Default: USER_ACTIVITY_URL, or this machine at PORT (3000 if unset)
  --key KEY       key of the API. Prefer API_KEY: other users of this machine can see arguments

Exit codes: 0 done, 1 the service refused or failed, 2 invalid usage.
`;

const path = 'api/dead-letters';
const maxPageSize = 500;
const options = {
  url: { type: 'string' },
  project: { type: 'string' },
  key: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
const listOptions = {
  ...options,
  code: { type: 'string', multiple: true },
  from: { type: 'string' },
  to: { type: 'string' },
  order: { type: 'string' },
  limit: { type: 'string', default: '50' },
} as const;
const replayOptions = { ...options, all: { type: 'boolean', default: false } } as const;

/** Runs the command given by the arguments after `dead-letters`. Throws UsageError or RequestError. */
export async function deadLetters(
  [command, ...args]: readonly string[],
  environment: Environment,
  output: Output,
): Promise<void> {
  if (command === 'list') await list(args, environment, output);
  else if (command === 'replay') await replay(args, environment, output);
  else if (command === '--help' || command === '-h') output.result(usage);
  else throw new UsageError('Unknown command: use list or replay.');
}

async function list(args: string[], environment: Environment, output: Output): Promise<void> {
  const { values } = withUsageError(() => parseArgs({ args, options: listOptions }));
  if (values.help) return output.result(usage);
  const { url = environment.url, key = environment.key, project, code = [], from, to, order, json } = values;
  const api = new ApiClient(url, key, project);
  if (!/^[1-9]\d{0,8}$/.test(values.limit))
    throw new UsageError('--limit must be a whole number from 1 to 999,999,999.');
  let remaining = Number(values.limit);
  const rows = [['ID', 'DIED AT', 'CODE', 'BYTES', 'REASON']];
  let cursor: string | undefined;
  do {
    const parameters = new URLSearchParams({ limit: String(Math.min(remaining, maxPageSize)) });
    for (const value of code) parameters.append('code', value);
    for (const [name, value] of Object.entries({ from, to, order, cursor }))
      if (value !== undefined) parameters.set(name, value);
    const page = pageOf(await api.get(path, parameters));
    for (const letter of page.data)
      if (json) output.result(`${JSON.stringify(letter)}\n`);
      else rows.push(['id', 'diedAt', 'code', 'size', 'reason'].map((member) => cellOf(letter[member])));
    remaining -= page.data.length;
    cursor = page.nextCursor;
    if (page.data.length === 0) break;
  } while (cursor !== undefined && remaining > 0);
  if (!json && rows.length > 1) output.result(table(rows));
  if (rows.length === 1 && !json) output.note('No dead letters match.');
  if (cursor !== undefined) output.note('There are more: use a larger --limit.');
}

async function replay(args: string[], environment: Environment, output: Output): Promise<void> {
  const { values, positionals: ids } = withUsageError(() =>
    parseArgs({ args, options: replayOptions, allowPositionals: true }),
  );
  if (values.help) return output.result(usage);
  if (values.all === ids.length > 0) throw new UsageError('Pass either ids of dead letters or --all.');
  const { url = environment.url, key = environment.key, project } = values;
  const api = new ApiClient(url, key, project);
  const receipt = await api.post(`${path}/replay`, values.all ? { all: true } : { ids });
  if (values.json) return output.result(`${JSON.stringify(receipt)}\n`);
  const { replayed, tooLarge, more } = receipt;
  if (typeof replayed !== 'number')
    throw new RequestError('The service did not report how many dead letters it replayed.');
  output.result(`${replayed} replayed\n`);
  if (more === true)
    output.note('Some dead letters were not replayed in time: run the command again to replay the rest.');
  if (typeof tooLarge === 'number')
    output.note(`${tooLarge} not replayed, because they are larger than the log accepts.`);
}

const cellOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

function pageOf({ data, pagination }: Readonly<Record<string, unknown>>) {
  if (!Array.isArray(data) || !data.every(isObject) || !isObject(pagination))
    throw new RequestError('The service did not answer with a page of dead letters.');
  const { nextCursor } = pagination;
  return { data, nextCursor: typeof nextCursor === 'string' ? nextCursor : undefined };
}

/** Turns Node's errors about the arguments into a UsageError. */
function withUsageError<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) throw new UsageError(error.message);
    throw error;
  }
}
