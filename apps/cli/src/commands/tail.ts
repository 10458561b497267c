import { styleText } from 'node:util';
import type { Activity } from '@user-activity/client';
import type { Command } from 'commander';
import { type FilterOptions, filterOf, withFilterOptions } from '../arguments.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';
import { type ServiceOptions, withService, withServiceOptions } from '../service.ts';
import { makeStopSignal } from '../stop-signal.ts';

type TailOptions = ServiceOptions & FilterOptions & { readonly json: boolean; readonly cursor?: string };

/** Adds the command that follows activities. */
export function addTailCommand(program: Command, output: Output): void {
  withServiceOptions(
    withFilterOptions(program.command('tail').description('show activities as they arrive, until Ctrl-C')),
  )
    .option('--cursor <cursor>', 'begin after this cursor, which --json shows for each activity')
    .option('--json', 'one JSON object per line: {"cursor", "activity"}', false)
    .action((options: TailOptions) => tail(options, output));
}

async function tail({ json, cursor, ...options }: TailOptions, output: Output): Promise<void> {
  const signal = makeStopSignal();
  await withService(options, async (client) => {
    // `client.tail` retries while the service can't be reached. This request fails at once if the URL or the key is wrong.
    await client.queryPage({ ...filterOf(options), limit: 1 });
    const events = client.tail({
      ...filterOf(options),
      ...(cursor === undefined ? {} : { cursor }),
      signal,
      onReconnect: (reason) =>
        output.note(`Reconnecting (no activity is missed): ${reason instanceof Error ? reason.message : ''}`),
    });
    try {
      for await (const event of events)
        await output.stream(json ? `${JSON.stringify(event)}\n` : `${lineOf(event.activity)}\n`);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  });
}

const lineOf = ({ createdAt, userId, type, metadata }: Activity): string =>
  [
    styleText('dim', printable(createdAt)),
    styleText('bold', printable(type)),
    styleText('cyan', printable(userId)),
    printable(JSON.stringify(metadata)),
  ].join('  ');
