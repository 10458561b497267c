/** A request that the fake service received. */
export interface FakeRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly keepalive: boolean;
}

/** Returns the answer to a request, or throws to make the connection fail. */
export type Answer = (request: FakeRequest) => Response | Promise<Response>;

/** A fake of the service behind `fetch`. It records requests, and each test sets the answers. */
export class FakeService {
  readonly requests: FakeRequest[] = [];
  /** The answer to each request when `next` is empty. */
  answer: Answer;
  /** The answers to the next requests. */
  readonly next: Answer[] = [];

  constructor(answer: Answer = accepted) {
    this.answer = answer;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request = {
      method: init?.method ?? 'GET',
      url: typeof input === 'string' ? input : '',
      headers: new Headers(init?.headers),
      body: typeof init?.body === 'string' ? init.body : '',
      keepalive: init?.keepalive ?? false,
    };
    this.requests.push(request);
    const signal = init?.signal ?? new AbortController().signal;
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
    aborted.catch(() => {});
    const answer = await Promise.race([(this.next.shift() ?? this.answer)(request), aborted]);
    // Aborting the signal also ends the body, as in a real fetch.
    return new Response(answer.body?.pipeThrough(new TransformStream(), { signal }) ?? null, answer);
  };

  /** The user ids of each batch that was sent. */
  get batches(): readonly (readonly string[])[] {
    return this.requests.map((request) => linesOf(request).map(({ userId }) => userId));
  }
}

interface Line {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: string;
}

export const linesOf = ({ body }: FakeRequest): readonly Line[] =>
  body.split('\n').map((line) => JSON.parse(line) as Line);

/** Accepts all items of a batch. */
export const accepted: Answer = (request) => {
  const ids = linesOf(request).map(({ id }) => id);
  return Response.json({ accepted: ids.length, rejected: [], ids }, { status: 202 });
};

/** Refuses with problem details. */
export const problem =
  (status: number, members: object = {}, headers: Record<string, string> = {}): Answer =>
  () =>
    Response.json(
      { title: 'No', status, detail: `no: ${status}`, errors: [], ...members },
      { status, headers: { 'content-type': 'application/problem+json', ...headers } },
    );

export const unreachable: Answer = () => {
  throw new TypeError('fetch failed');
};
