import { checkNumbers } from '../shared/check-numbers.ts';
import { retry } from './pauses.ts';
import { requestErrorFrom, ProblemError } from './problem-error.ts';
import { withTimeLimit } from './time-limit.ts';

/** Where the service is, and how to call it. */
export interface ConnectionOptions {
  /** The URL of the service, such as `https://logs.example`. It must not contain a user, a query or a fragment. */
  readonly url: string | URL;
  /**
   * The API key, or a function that returns it. The function is called before each request, so a new key needs no new client. If it
   * throws, the request rejects with its error.
   */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined;
  /** The project, if the key is valid for several projects. */
  readonly project?: string | undefined;
  /** The time limit of a request, in ms. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

/** How to make one call. */
export interface CallOptions {
  /** Cancels the call, which then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /** The time limit of each request that the call sends, in ms. Default: `timeoutMs` of the client. */
  readonly timeoutMs?: number | undefined;
}

/** A request to the service. */
export interface Call extends CallOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** The path below the URL of the service, percent-encoded. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string;
  /** Whether the browser finishes the request after the user has left the page. */
  readonly keepalive?: boolean;
}

const defaultTimeoutMs = 30_000;
const maxReadAttempts = 3;
const maxReadPauseMs = 10_000;

/**
 * Sends HTTP requests to the service. Methods reject with ProblemError if the service refuses or redirects a request, and with
 * ConnectionError if there is no complete answer. The constructor throws TypeError if an option is invalid.
 */
export class Connection {
  readonly timeoutMs: number;
  readonly #url: string;
  readonly #options: ConnectionOptions;

  constructor(options: ConnectionOptions) {
    const { href } = new URL(options.url);
    if (!/^https?:\/\/[^/@]+\/[^?#]*$/.test(href))
      throw new TypeError('url must be an http(s) URL without user or query.');
    this.#url = href.replace(/\/+$/, '');
    this.#options = options;
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    checkNumbers(1, { timeoutMs: this.timeoutMs });
  }

  /** Sends a GET request, and resolves with the JSON of the answer. Retries up to twice after an error that may be temporary. */
  get<Result>(call: Call): Promise<Result> {
    return retry(
      () => this.json<Result>(call),
      call.signal,
      (failures, pauseMs) => failures < maxReadAttempts && pauseMs <= maxReadPauseMs,
    );
  }

  /** Like `get`, but resolves with undefined if the service answers 404. */
  async find<Result>(call: Call): Promise<Result | undefined> {
    return this.get<Result>(call).catch((error: unknown) => {
      if (error instanceof ProblemError && error.status === 404 && error.hasDetails) return undefined;
      throw error;
    });
  }

  /** Sends a request, and resolves with the JSON of the answer. Rejects with ProblemError unless `isAnswer` accepts the response. */
  json<Result>(call: Call, isAnswer: (response: Response) => boolean = ({ ok }) => ok): Promise<Result> {
    const limitMs = call.timeoutMs ?? this.timeoutMs;
    return withTimeLimit(limitMs, call.signal, async (signal) => {
      const response = await this.open(call, signal);
      try {
        if (!isAnswer(response)) throw await ProblemError.of(response);
        const text = await response.text();
        return (text === '' ? undefined : JSON.parse(text)) as Result;
      } catch (error) {
        throw requestErrorFrom(error);
      }
    });
  }

  /** Sends a request, and resolves with the response once its headers have arrived. An error status does not make it reject. */
  async open(call: Call, signal: AbortSignal): Promise<Response> {
    const { method = 'GET', path, query, json, keepalive = false } = call;
    const body = json === undefined ? call.body : JSON.stringify(json);
    const { apiKey, project, fetch: send = fetch } = this.#options;
    const key = typeof apiKey === 'function' ? await apiKey() : apiKey;
    const headers = makeHeaders({
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(project !== undefined && { 'x-project': project }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...call.headers,
    });
    try {
      const response = await send(`${this.#url}${path}?${String(query ?? '')}`.replace(/\?$/, ''), {
        method,
        headers,
        signal,
        // Following a redirect could send the key to another server.
        redirect: 'manual',
        body: body ?? null,
        keepalive,
      });
      // For a redirect, browsers report the status 0.
      if (response.ok || response.status >= 400) return response;
      const location = response.headers.get('location') ?? 'another URL';
      const origin = location.replace(/([^:/])[/?#].*/s, '$1');
      throw new ProblemError(response.status, {
        detail: `The service redirects to ${origin}: correct the url.`,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw requestErrorFrom(error);
    }
  }
}

function makeHeaders(values: Readonly<Record<string, string>>): Headers {
  try {
    return new Headers(values);
  } catch {
    // The original error would show the key.
    throw new TypeError('Invalid character in apiKey, project or cursor.');
  }
}
