import type { Key, KeyLimits, KeyWithSecret, Scope } from '@user-activity/client';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parsePathSegment, wholeNumberParser } from '../arguments.ts';
import type { Output } from '../output.ts';
import { formatTable, printable } from '../printable.ts';
import { type ServiceOptions, withService, withServiceOptions } from '../service.ts';

const scopes: readonly Scope[] = ['write', 'read', 'dead-letters', 'metrics', 'erase', 'admin'];

/** The names of the limits of a key. Each limit applies to one second. */
const limitNames = ['itemsPerSecond', 'bytesPerSecond', 'answerBytesPerSecond', 'searchMsPerSecond'] as const;

type KeyOptions = ServiceOptions & { readonly json: boolean };

interface CreateOptions extends KeyOptions {
  readonly scope: readonly Scope[];
  readonly origin?: readonly string[];
  readonly expires?: string;
  readonly limit?: KeyLimits;
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
      output.result(
        formatTable([['ID', 'NAME', 'PROJECT', 'SCOPES', 'STATE', 'CREATED AT'], ...found.map(rowOf)]),
      );
  });

  command('create', 'create a key, and show its secret, which is not shown again')
    .argument('<name>', 'what the key is for')
    .addOption(new Option('--scope <scope...>', 'what the key allows').choices(scopes).makeOptionMandatory())
    .option(
      '--origin <origin...>',
      'origins of the web pages that may use the key; it is then public, and may only write',
    )
    .option('--expires <time>', 'when the key expires (RFC 3339)')
    .option(
      '--limit <name=number>',
      `what the key may use in each second: ${limitNames.join(', ')}; repeat the option for several limits`,
      withLimit,
    )
    .action(async (name: string, { scope, origin, expires, limit = {}, ...options }: CreateOptions) => {
      const key = {
        name,
        scopes: scope,
        origins: origin ?? null,
        expiresAt: expires ?? null,
        limits: limit,
      };
      showSecret(await withService(options, (client) => client.keys.create(key)), options.json, output);
    });

  command('rotate', 'replace the secret of a key')
    .argument('<id>', 'the id of the key', parsePathSegment)
    .option(
      '--overlap <seconds>',
      'how long the old secret keeps working. Default: a day',
      wholeNumberParser(0, 604_800),
    )
    .action(async (id: string, { overlap, ...options }: KeyOptions & { readonly overlap?: number }) => {
      const change = overlap === undefined ? {} : { overlapSeconds: overlap };
      showSecret(
        await withService(options, (client) => client.keys.rotate(id, change)),
        options.json,
        output,
      );
    });

  command('revoke', 'revoke a key permanently')
    .argument('<id>', 'the id of the key', parsePathSegment)
    .action(async (id: string, options: KeyOptions) => {
      await withService(options, (client) => client.keys.revoke(id));
      output.result(options.json ? `${JSON.stringify({ id, state: 'revoked' })}\n` : `${id} revoked\n`);
    });
}

/** Adds a limit to those of earlier options `--limit`. The service checks the number. */
function withLimit(text: string, earlier: KeyLimits = {}): KeyLimits {
  const end = text.indexOf('=');
  const known = limitNames.find((each) => each === text.slice(0, Math.max(0, end)));
  const number = text.slice(end + 1);
  if (known === undefined || !/^\d{1,15}$/.test(number))
    throw new InvalidArgumentError(`It must be name=number, where name is one of ${limitNames.join(', ')}.`);
  if (earlier[known] !== undefined) throw new InvalidArgumentError(`${known} is given twice.`);
  return { ...earlier, [known]: Number(number) };
}

function showSecret(key: KeyWithSecret, json: boolean, output: Output): void {
  if (json) return output.result(`${JSON.stringify(key)}\n`);
  output.result(`${printable(key.secret)}\n`);
  output.note(`This is the secret of the key ${key.id}. It is not shown again.`);
}

const rowOf = ({ id, name, project, scopes: allowed, state, createdAt }: Key): readonly string[] => [
  id,
  name,
  project,
  allowed.join(' '),
  state,
  createdAt,
];
