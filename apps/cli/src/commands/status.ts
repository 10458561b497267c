import type { Command } from 'commander';
import { readEnvironment } from '../config.ts';
import { RequestError } from '../failure.ts';
import { health } from '../health.ts';
import type { Output } from '../output.ts';
import { type ServiceOptions, withService, withServiceOptions } from '../service.ts';

type StatusOptions = ServiceOptions & { readonly json: boolean };

/** Adds the command that shows the status of the service, or of an activity. */
export function addStatusCommand(program: Command, output: Output): void {
  withServiceOptions(
    program.command('status').description('show whether the service is ready, or what became of an activity'),
  )
    .argument('[id]', 'the id of an activity')
    .option('--json', 'write the result as JSON', false)
    .action(async (id: string | undefined, options: StatusOptions) =>
      id === undefined ? ofService(options, output) : ofActivity(id, options, output),
    );
}

async function ofService(
  { url = readEnvironment().url, json }: StatusOptions,
  output: Output,
): Promise<void> {
  const text = await health(url);
  if (json) return output.result(`${text}\n`);
  const { status, checks } = JSON.parse(text) as {
    readonly status: string;
    readonly checks: Readonly<Record<string, string>>;
  };
  output.result(
    `${[status, ...Object.entries(checks).map(([name, each]) => `${name} ${each}`)].join(', ')}\n`,
  );
}

async function ofActivity(id: string, { json, ...options }: StatusOptions, output: Output): Promise<void> {
  const found = await withService(options, (client) => client.status(id));
  output.result(json ? `${JSON.stringify(found)}\n` : `${found.id} ${found.status}\n`);
  if (found.status !== 'stored') throw new RequestError('It is not stored.');
}
