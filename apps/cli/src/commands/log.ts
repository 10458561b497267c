import { type NewActivity, NotStoredError, type Outcome } from '@user-activity/client';
import { type Command, InvalidArgumentError } from 'commander';
import { wholeNumberParser } from '../arguments.ts';
import { isObject, readExactJson } from '../exact-json.ts';
import { RequestError } from '../failure.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';
import { type ServiceOptions, withService, withServiceOptions } from '../service.ts';

interface LogOptions extends ServiceOptions {
  readonly id?: string;
  readonly metadata?: object;
  readonly at?: string;
  readonly wait?: number;
  readonly json: boolean;
}

// Short, because a person waits.
const timeoutMs = 10_000;

/** Adds the command that logs an activity. */
export function addLogCommand(program: Command, output: Output): void {
  withServiceOptions(program.command('log').description('log an activity: who did what'))
    .argument('<user>', 'who acted')
    .argument('<type>', 'what happened, such as LOGIN')
    .option('--metadata <json>', 'details of the activity: a JSON object', parseJsonObject)
    .option('--at <time>', 'when it happened (RFC 3339). Default: now')
    .option('--id <id>', 'the id of the activity; each id is stored only once. Default: a new id')
    .option(
      '--wait <seconds>',
      'wait at most this long until the activity is stored, and show the outcome',
      wholeNumberParser(1, 30),
    )
    .option('--json', 'write the result as JSON', false)
    .action((userId: string, type: string, options: LogOptions) => log({ userId, type }, options, output));
}

async function log(
  activity: Pick<NewActivity, 'userId' | 'type'>,
  { id, metadata, at, wait, json, ...options }: LogOptions,
  output: Output,
): Promise<void> {
  const outcome = await withService(options, async (client): Promise<Outcome> => {
    const draft = { ...activity, id, metadata: metadata as NewActivity['metadata'], createdAt: at ?? null };
    try {
      return await client.logDurably(draft, { timeoutMs, ...(wait === undefined ? {} : { wait }) });
    } catch (error) {
      if (error instanceof NotStoredError) return error.outcome;
      throw error;
    }
  });
  output.result(json ? `${JSON.stringify(outcome)}\n` : `${printable(`${outcome.id} ${outcome.status}`)}\n`);
  if (outcome.status === 'conflict' || outcome.status === 'dead_lettered')
    throw new RequestError('The activity was not stored: see `user-activity-log dead-letters list`.');
  if (outcome.status === 'erased')
    throw new RequestError('The activity was not stored: its user or its project was erased.');
}

function parseJsonObject(text: string): object {
  const json = readExactJson(text);
  if (isObject(json.value)) return json.value;
  throw new InvalidArgumentError(
    `It must be a JSON object, such as '{"ip":"127.0.0.1"}'${json.fault === undefined ? '' : `: ${json.fault}`}.`,
  );
}
