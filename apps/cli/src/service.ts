import { ActivityClient, type ClientOptions, ConnectionError, ProblemError } from '@user-activity/client';
import { type Command, Option } from 'commander';
import { readEnvironment } from './config.ts';
import { RequestError, UsageError } from './failure.ts';
import { printable } from './printable.ts';

/** The options that tell a command where the service is and how to call it. */
export interface ServiceOptions {
  readonly url?: string;
  readonly key?: string;
  readonly project?: string;
}

/** Adds the options of `ServiceOptions`. */
export const withServiceOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--url <url>',
        'URL of the service. Default: USER_ACTIVITY_URL, or this machine at PORT (3000 if unset)',
      ),
    )
    .addOption(
      new Option(
        '--key <key>',
        'API key. Prefer the variable API_KEY: other users of this machine can see arguments',
      ),
    )
    .addOption(
      new Option(
        '--project <name>',
        'the project. Default: the project of the key, or else the project `default`',
      ),
    );

/** Where the service is, with which key to call it, and for which project. */
export interface Address {
  readonly url: string;
  readonly key: string | undefined;
  readonly project: string | undefined;
}

/** Returns the address that the options and the environment variables name. Throws UsageError if a part of it is invalid. */
export function addressOf(options: ServiceOptions): Address {
  const environment = readEnvironment();
  const { url = environment.url, key = environment.key, project } = options;
  assertUrl(url);
  for (const [name, value] of Object.entries({ key, project }))
    if (value !== undefined && !/^[\x21-\x7e]+$/.test(value))
      throw new UsageError(`The ${name} must consist of printable ASCII characters without space.`);
  return { url, key, project };
}

/**
 * Runs `use` with a client of the service. Throws UsageError if an option is invalid, even if only the service finds that out, and RequestError
 * for any other refusal or failure of the service.
 */
export async function withService<Result>(
  options: ServiceOptions,
  use: (client: ActivityClient) => Promise<Result>,
  sending: Pick<ClientOptions, 'queue' | 'onRejected' | 'onRetry' | 'maxDelayMs' | 'maxBatchCount'> = {},
): Promise<Result> {
  const { url, key, project } = addressOf(options);
  const client = new ActivityClient({
    url,
    timeoutMs: 60_000,
    ...sending,
    ...(key === undefined ? {} : { apiKey: key }),
    ...(project === undefined ? {} : { project }),
  });
  try {
    return await use(client);
  } catch (error) {
    throw failureOf(error, url);
  } finally {
    // If `use` has failed, the activities that are still queued are not sent.
    await client.close({ timeoutMs: 1 }).catch(() => undefined);
  }
}

function assertUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new UsageError(
      'The URL of the service must begin with http:// or https://, such as http://127.0.0.1:3000.',
    );
  if (url.username !== '' || url.password !== '')
    throw new UsageError('The URL must not contain a user or a password: pass the key in API_KEY.');
}

/** Converts an error of the client to a UsageError or RequestError, with the remedy in its message. Returns any other error as it is. */
export function failureOf(error: unknown, url: string): unknown {
  const { origin } = new URL(url);
  if (error instanceof ConnectionError)
    return error.cause instanceof SyntaxError
      ? new RequestError(`${origin} did not answer as a user-activity log does. Check the URL.`)
      : new RequestError(`${origin} does not answer (${codeOf(error)}). Is the service running?`);
  if (!(error instanceof ProblemError)) return error;
  const { status, title, message, errors } = error;
  const lines = [`The service answered ${status} ${printable(title)}: ${printable(message)}`];
  for (const { path, message: fault } of errors) lines.push(`  ${printable(path)} ${printable(fault)}`);
  if (status === 401) lines.push('  Set API_KEY or pass --key.');
  const text = lines.join('\n');
  return status === 400 || status === 422 ? new UsageError(text) : new RequestError(text);
}

/** Returns the first error code in the chain of causes, such as `ECONNREFUSED`. */
function codeOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code: unknown = Reflect.get(cause, 'code');
    if (typeof code === 'string') return code;
  }
  return 'no connection';
}
