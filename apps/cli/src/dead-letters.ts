import { parseArgs } from 'node:util';
import { ApiClient, isObject } from './api-client.ts';
import type { Environment } from './config.ts';
import { RequestError, UsageError } from './failure.ts';
import { table } from './printable.ts';

/** Where a command writes: its result, and what is beside it. */
export interface Output {
  result(text: string): void;
  note(text: string): void;
}

/** How the command is used. */
export const usage = `Usage: npm run dead-letters -- list [--code CODE]... [--from TIME] [--to TIME] [--order asc|desc] [--limit N]
       npm run dead-letters -- replay ID...
       npm run dead-letters -- replay --all

list    shows what could not be stored, and why; what died last comes first. --limit is 50 where not given.
replay  sends dead letters back to the log, to be judged again: those of the ids, or all. Those that are
        invalid never were on the log, and stay. One replay runs at a time.

CODE is unreadable, conflict, refused or invalid; TIME is RFC 3339, a date such as 2026-11-24
(its start in UTC), or relative: --from=-24h begins 24 hours ago
  --json     JSON instead of a table: of a list one object a line (npm run -s keeps npm's own lines away)
  --url URL  of the service; else USER_ACTIVITY_URL, else this machine at PORT, or 3000
  --key KEY  of the API; better in API_KEY, as others on this machine can see arguments

Ends with 0; with 1 when the service did not do it; with 2 when it can't be asked for like that.
`;

const path = 'api/dead-letters';
const mostOfPage = 500;
const options = {
  url: { type: 'string' },
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

/** Does what the arguments behind `dead-letters` say. Throws UsageError and RequestError. */
export async function deadLetters(
  [command, ...args]: readonly string[],
  environment: Environment,
  output: Output,
): Promise<void> {
  if (command === 'list') await list(args, environment, output);
  else if (command === 'replay') await replay(args, environment, output);
  else if (command === '--help' || command === '-h') output.result(usage);
  else throw new UsageError('Say what is to be done with dead letters: list or replay.');
}

async function list(args: string[], environment: Environment, output: Output): Promise<void> {
  const { values } = understood(() => parseArgs({ args, options: listOptions }));
  if (values.help) return output.result(usage);
  const { url = environment.url, key = environment.key, code = [], from, to, order, json } = values;
  const api = new ApiClient(url, key);
  if (!/^[1-9]\d{0,8}$/.test(values.limit)) throw new UsageError('--limit must be a whole number from 1.');
  let left = Number(values.limit);
  const rows = [['ID', 'DIED AT', 'CODE', 'BYTES', 'REASON']];
  let cursor: string | undefined;
  do {
    const parameters = new URLSearchParams({ limit: String(Math.min(left, mostOfPage)) });
    for (const one of code) parameters.append('code', one);
    for (const [name, value] of Object.entries({ from, to, order, cursor }))
      if (value !== undefined) parameters.set(name, value);
    const page = pageOf(await api.get(path, parameters));
    for (const letter of page.data)
      if (json) output.result(`${JSON.stringify(letter)}\n`);
      else rows.push(['id', 'diedAt', 'code', 'size', 'reason'].map((member) => cellOf(letter[member])));
    left -= page.data.length;
    cursor = page.nextCursor;
    if (page.data.length === 0) break;
  } while (cursor !== undefined && left > 0);
  if (!json && rows.length > 1) output.result(table(rows));
  if (rows.length === 1 && !json) output.note('There are no such dead letters.');
  if (cursor !== undefined) output.note('There are more: give a larger --limit.');
}

async function replay(args: string[], environment: Environment, output: Output): Promise<void> {
  const { values, positionals: ids } = understood(() =>
    parseArgs({ args, options: replayOptions, allowPositionals: true }),
  );
  if (values.help) return output.result(usage);
  if (values.all === ids.length > 0) throw new UsageError('Give either the ids of dead letters or --all.');
  const { url = environment.url, key = environment.key } = values;
  const receipt = await new ApiClient(url, key).post(`${path}/replay`, values.all ? { all: true } : { ids });
  if (values.json) return output.result(`${JSON.stringify(receipt)}\n`);
  const { replayed, tooLarge, more } = receipt;
  if (typeof replayed !== 'number') throw new RequestError('The service does not say what it replayed.');
  output.result(`${replayed} replayed\n`);
  if (more === true) output.note('There was no time for all: run it again for the rest.');
  if (typeof tooLarge === 'number') output.note(`${tooLarge} stay: the log takes no records so large.`);
}

const cellOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

function pageOf({ data, pagination }: Readonly<Record<string, unknown>>) {
  if (!Array.isArray(data) || !data.every(isObject) || !isObject(pagination))
    throw new RequestError('The service answers no page of dead letters.');
  const { nextCursor } = pagination;
  return { data, nextCursor: typeof nextCursor === 'string' ? nextCursor : undefined };
}

/** What Node finds wrong with the arguments is a fault of their use. */
function understood<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) throw new UsageError(error.message);
    throw error;
  }
}
