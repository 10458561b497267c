import type { Key, KeyLimits, KeyWithSecret, Scope } from '@user-activity/client';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { pathText, wholeNumber } from '../arguments.ts';
import type { Output } from '../output.ts';
import { printable, table } from '../printable.ts';
import { type ServiceOptions, withService, withServiceOptions } from '../service.ts';

const scopes: readonly Scope[] = ['write', 'read', 'dead-letters', 'metrics', 'erase', 'admin'];

/** The limits of a key. Each is for one second. */
const limitNames = ['itemsPerSecond', 'bytesPerSecond', 'answerBytesPerSecond', 'searchMsPerSecond'] as const;

type KeyOptions = ServiceOptions & { readonly json: boolean };

interface CreateOptions extends KeyOptions {
  readonly scope: readonly Scope[];
  readonly origin?: readonly string[];
  readonly expires?: string;
  readonly limit: KeyLimits;
}

/** Adds the commands for API keys. */
export function addKeyCommands(program: Command, output: Output): void {
  const keys = program.command('keys').description('manage API keys');
  const command = (name: string, description: string): Command =>
    withServiceOptions(keys.command(name).description(description)).option(
      '--json',
      'write the result as JSON',
      false,
    );

  command('list', 'list the keys, without their secrets').action(async (options: KeyOptions) => {
    const found = await withService(options, (client) => client.keys.list());
    if (options.json) for (const key of found) output.result(`${JSON.stringify(key)}\n`);
    else
      output.result(table([['ID', 'NAME', 'PROJECT', 'SCOPES', 'STATE', 'CREATED AT'], ...found.map(rowOf)]));
  });

  command('create', 'make a key; its secret is shown this once')
    .argument('<name>', 'what the key is for')
    .addOption(new Option('--scope <scope...>', 'what it allows').choices(scopes).makeOptionMandatory())
    .option('--origin <origin...>', 'web pages that may use it: the key is then public, and may only write')
    .option('--expires <time>', 'when it ends (RFC 3339)')
    .option(
      '--limit <name=number>',
      `what it may use in each second: ${limitNames.join(', ')}; repeat it for several`,
      withLimit,
      {},
    )
    .action(async (name: string, { scope, origin, expires, limit, ...options }: CreateOptions) => {
      const key = {
        name,
        scopes: scope,
        origins: origin ?? null,
        expiresAt: expires ?? null,
        limits: limit,
      };
      show(await withService(options, (client) => client.keys.create(key)), options.json, output);
    });

  command('rotate', 'give a key another secret')
    .argument('<id>', 'the id of the key', pathText)
    .option(
      '--overlap <seconds>',
      'how long the old secret keeps working. Default: a day',
      wholeNumber(0, 604_800),
    )
    .action(async (id: string, { overlap, ...options }: KeyOptions & { readonly overlap?: number }) => {
      const change = overlap === undefined ? {} : { overlapSeconds: overlap };
      show(await withService(options, (client) => client.keys.rotate(id, change)), options.json, output);
    });

  command('revoke', 'revoke a key permanently')
    .argument('<id>', 'the id of the key', pathText)
    .action(async (id: string, options: KeyOptions) => {
      await withService(options, (client) => client.keys.revoke(id));
      output.result(options.json ? `${JSON.stringify({ id, state: 'revoked' })}\n` : `${id} revoked\n`);
    });
}

/** Adds the limit of an option to those before it. The service checks the number. */
function withLimit(text: string, before: KeyLimits): KeyLimits {
  const end = text.indexOf('=');
  const known = limitNames.find((each) => each === text.slice(0, Math.max(0, end)));
  const number = text.slice(end + 1);
  if (known === undefined || !/^\d{1,15}$/.test(number))
    throw new InvalidArgumentError(`It must be name=number, where name is one of ${limitNames.join(', ')}.`);
  if (before[known] !== undefined) throw new InvalidArgumentError(`${known} must be given once.`);
  return { ...before, [known]: Number(number) };
}

function show(key: KeyWithSecret, json: boolean, output: Output): void {
  if (json) return output.result(`${JSON.stringify(key)}\n`);
  output.result(`${printable(key.secret)}\n`);
  output.note(`The secret of the key ${key.id}. It is not shown again.`);
}

const rowOf = ({ id, name, project, scopes: allowed, state, createdAt }: Key): readonly string[] => [
  id,
  name,
  project,
  allowed.join(' '),
  state,
  createdAt,
];
