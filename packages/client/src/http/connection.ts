import { checkNumbers } from '../shared/check-numbers.ts';
import { retry } from './pauses.ts';
import { failureOf, ProblemError } from './problem-error.ts';
import { withTimeLimit } from './time-limit.ts';

/** Where the service is, and how to call it. */
export interface ConnectionOptions {
  /** The URL of the service, such as `https://logs.example`. It has no user, query or fragment. */
  readonly url: string | URL;
  /** The API key, or a function that returns it before each request, so that a new key needs no new client. If it throws, the request rejects with its error. */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined;
  /** The project, if the key does not say it. */
  readonly project?: string | undefined;
  /** The time limit of a request, in ms. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

/** How to make one call. */
export interface CallOptions {
  /** Ends the call. It then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /** The time limit of each request of the call, in ms. Default: that of the client. */
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
  /** Lets the request outlive the page. */
  readonly keepalive?: boolean;
}

const defaultTimeoutMs = 30_000;
const maxReadAttempts = 3;
const maxReadPauseMs = 10_000;

/**
 * Sends requests to the service. Rejects with ProblemError if it refuses or redirects one, and with ConnectionError if there is no answer.
 * Throws TypeError if an option is wrong.
 */
export class Connection {
  readonly timeoutMs: number;
  readonly #url: string;
  readonly #options: ConnectionOptions;

  constructor(options: ConnectionOptions) {
    const { href } = new URL(options.url);
    if (!/^https?:\/\/[^/@]+\/[^?#]*$/.test(href))
      throw new TypeError('url must be http(s), without user or query.');
    this.#url = href.replace(/\/+$/, '');
    this.#options = options;
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    checkNumbers(1, { timeoutMs: this.timeoutMs });
  }

  /** Gets JSON. A read that fails for a moment is tried 3 times. */
  get<Result>(call: Call): Promise<Result> {
    return retry(
      () => this.json<Result>(call),
      call.signal,
      (failures, pauseMs) => failures < maxReadAttempts && pauseMs <= maxReadPauseMs,
    );
  }

  /** Gets JSON as `get` does, or undefined if there is nothing at the path. */
  async find<Result>(call: Call): Promise<Result | undefined> {
    return this.get<Result>(call).catch((error: unknown) => {
      if (error instanceof ProblemError && error.status === 404 && error.hasDetails) return undefined;
      throw error;
    });
  }

  /** Sends a request, and resolves with the JSON of the answer. */
  json<Result>(call: Call, isAnswer: (response: Response) => boolean = ({ ok }) => ok): Promise<Result> {
    const limitMs = call.timeoutMs ?? this.timeoutMs;
    return withTimeLimit(limitMs, call.signal, async (signal) => {
      const response = await this.open(call, signal);
      try {
        if (!isAnswer(response)) throw await ProblemError.of(response);
        const text = await response.text();
        return (text === '' ? undefined : JSON.parse(text)) as Result;
      } catch (error) {
        throw failureOf(error);
      }
    });
  }

  /** Sends a request, and resolves with the response once its headers are here, whatever its status is. */
  async open(call: Call, signal: AbortSignal): Promise<Response> {
    const { method = 'GET', path, query, json, keepalive = false } = call;
    const body = json === undefined ? call.body : JSON.stringify(json);
    const { apiKey, project, fetch: send = fetch } = this.#options;
    const key = typeof apiKey === 'function' ? await apiKey() : apiKey;
    const headers = headersOf({
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
        // A redirect would send the key to another place.
        redirect: 'manual',
        body: body ?? null,
        keepalive,
      });
      // Browsers hide the status of a redirect, and show 0.
      if (response.ok || response.status >= 400) return response;
      const location = response.headers.get('location') ?? 'another place';
      const origin = location.replace(/([^:/])[/?#].*/s, '$1');
      throw new ProblemError(response.status, {
        detail: `The service redirects to ${origin}: correct the url.`,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw failureOf(error);
    }
  }
}

function headersOf(values: Readonly<Record<string, string>>): Headers {
  try {
    return new Headers(values);
  } catch {
    // The error would show the key.
    throw new TypeError('No header can hold apiKey, project or cursor.');
  }
}
