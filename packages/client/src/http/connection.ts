import { retry } from './pauses.ts';
import { ConnectionError, ProblemError } from './problem-error.ts';
import { withTimeLimit } from './time-limit.ts';

/** Where the service is, and how to call it. */
export interface ConnectionOptions {
  /** The URL of the service, such as `https://logs.example`. */
  readonly url: string | URL;
  /** The API key, or a function that returns it before each request, so that a new key needs no new client. */
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

/** Sends requests to the service. Rejects with ProblemError if it refuses one, and with ConnectionError if there is no answer. */
export class Connection {
  readonly timeoutMs: number;
  readonly #url: string;
  readonly #options: ConnectionOptions;

  constructor(options: ConnectionOptions) {
    this.#url = String(options.url).replace(/\/+$/, '');
    this.#options = options;
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  }

  /** Gets JSON. A read that fails for a moment is tried 3 times. */
  get<Result>(call: Call): Promise<Result> {
    return retry(() => this.json<Result>(call), {
      signal: call.signal,
      mayRetry: (failures, pauseMs) => failures < maxReadAttempts && pauseMs <= maxReadPauseMs,
    });
  }

  /** Gets JSON as `get` does, or undefined if there is nothing at the path. */
  async find<Result>(call: Call): Promise<Result | undefined> {
    try {
      return await this.get(call);
    } catch (error) {
      if (error instanceof ProblemError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Sends a request, and resolves with the JSON of the answer. */
  json<Result>(call: Call, isAnswer: (response: Response) => boolean = ({ ok }) => ok): Promise<Result> {
    const limitMs = call.timeoutMs ?? this.timeoutMs;
    return withTimeLimit({ limitMs, signal: call.signal }, async (signal) => {
      try {
        const response = await this.open(call, signal);
        if (!isAnswer(response)) throw await ProblemError.of(response);
        const text = await response.text();
        return (text === '' ? undefined : JSON.parse(text)) as Result;
      } catch (error) {
        if (error instanceof ProblemError) throw error;
        throw new ConnectionError('The service gave no answer that can be read.', { cause: error });
      }
    });
  }

  /** Sends a request, and resolves with the response once its headers are here, whatever its status is. */
  async open(call: Call, signal: AbortSignal): Promise<Response> {
    const { method = 'GET', path, query, json, keepalive } = call;
    const body = json === undefined ? call.body : JSON.stringify(json);
    const { apiKey, project, fetch: send = fetch } = this.#options;
    const key = typeof apiKey === 'function' ? await apiKey() : apiKey;
    const search = query?.toString() ?? '';
    return send(`${this.#url}${path}${search === '' ? '' : `?${search}`}`, {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(project === undefined ? {} : { 'x-project': project }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
      signal,
      // A redirect would send the key to another place.
      redirect: 'error',
      ...(body === undefined ? {} : { body }),
      ...(keepalive === undefined ? {} : { keepalive }),
    });
  }
}
