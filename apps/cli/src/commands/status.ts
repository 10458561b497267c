import type { Command } from 'commander';
import { parsePathSegment } from '../arguments.ts';
import { isObject, readExactJson } from '../exact-json.ts';
import { RequestError } from '../failure.ts';
import { fetchReadiness } from '../health.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';
import { addressOf, type ServiceOptions, withService, withServiceOptions } from '../service.ts';

type StatusOptions = ServiceOptions & { readonly json: boolean };

/** Adds the command that shows the status of the service, or of an activity. */
export function addStatusCommand(program: Command, output: Output): void {
  withServiceOptions(
    program.command('status').description('show whether the service is ready, or what became of an activity'),
  )
    .argument('[id]', 'the id of an activity', parsePathSegment)
    .option('--json', 'write the result as JSON', false)
    .action(async (id: string | undefined, options: StatusOptions) =>
      id === undefined ? showServiceStatus(options, output) : showActivityStatus(id, options, output),
    );
}

async function showServiceStatus({ json, ...options }: StatusOptions, output: Output): Promise<void> {
  const text = await fetchReadiness(addressOf(options).url);
  const report = readExactJson(text);
  if (!isObject(report.value) || !isObject(report.value['checks']))
    throw new RequestError('The service did not answer as a user-activity log does. Check the URL.');
  if (json) return output.result(`${text}\n`);
  const { status, checks } = report.value;
  const parts = [status, ...Object.entries(checks).map(([name, each]) => `${name} ${String(each)}`)];
  output.result(`${printable(parts.join(', '))}\n`);
}

async function showActivityStatus(
  id: string,
  { json, ...options }: StatusOptions,
  output: Output,
): Promise<void> {
  const found = await withService(options, (client) => client.status(id));
  output.result(json ? `${JSON.stringify(found)}\n` : `${printable(`${found.id} ${found.status}`)}\n`);
  if (found.status !== 'stored') throw new RequestError('The activity is not stored.');
}
