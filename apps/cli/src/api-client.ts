import { RequestError, UsageError } from './failure.ts';
import { printable } from './printable.ts';

type Json = Readonly<Record<string, unknown>>;

// The service answers any request sooner.
const timeoutMs = 60_000;

/** A client of the HTTP API. Throws UsageError if the API refuses a request, and RequestError if it fails. */
export class ApiClient {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, key: string | undefined, project: string | undefined) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new UsageError(
        `The URL of the service must begin with http:// or https://, such as http://127.0.0.1:3000.`,
      );
    for (const [name, value] of Object.entries({ key, project }))
      if (value !== undefined && !/^[\x21-\x7e]+$/.test(value))
        throw new UsageError(`The ${name} must consist of printable ASCII characters without space.`);
    this.#base = new URL(url.endsWith('/') ? url : `${url}/`);
    if (this.#base.username !== '' || this.#base.password !== '')
      throw new UsageError('The URL must not contain a user or a password: pass the key in API_KEY.');
    this.#headers = {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(project === undefined ? {} : { 'x-project': project }),
    };
  }

  get(path: string, parameters: URLSearchParams): Promise<Json> {
    return this.#request('GET', `${path}?${parameters.toString()}`);
  }

  post(path: string, body: object): Promise<Json> {
    return this.#request('POST', path, JSON.stringify(body));
  }

  async #request(method: string, path: string, body?: string): Promise<Json> {
    const headers = {
      ...this.#headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const { origin } = this.#base;
    const { status, content } = await fetch(new URL(path, this.#base), {
      method,
      headers,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    })
      .then(async (response) => ({ status: response.status, content: await jsonOf(response) }))
      .catch((error: unknown) => {
        throw new RequestError(`${origin} does not answer (${causeOf(error)}). Is the service running?`);
      });
    if (!isObject(content))
      throw new RequestError(`${origin} did not answer as a user-activity log does. Check the URL.`);
    if (status >= 200 && status < 300) return content;
    const refusal = refusalOf(status, content);
    throw status === 400 || status === 422 ? new UsageError(refusal) : new RequestError(refusal);
  }
}

/** Returns the JSON of a response, or undefined if the body is not JSON. */
async function jsonOf(response: Response): Promise<unknown> {
  return response.json().catch((error: unknown) => {
    if (!(error instanceof SyntaxError)) throw error;
  });
}

/** Formats problem details (RFC 9457) as lines for people. */
function refusalOf(status: number, { title, detail, errors }: Json): string {
  const lines = [`The service answered ${status} ${text(title)}: ${text(detail)}`];
  for (const error of Array.isArray(errors) ? errors.filter(isObject) : [])
    lines.push(`  ${text(error['path'])} ${text(error['message'])}`);
  if (status === 401) lines.push('  Set API_KEY or pass --key.');
  return lines.join('\n');
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
  return typeof code === 'string' ? code : 'no connection';
}

const text = (value: unknown): string => (typeof value === 'string' ? printable(value) : '');

/** Returns whether the value is a JSON object. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
