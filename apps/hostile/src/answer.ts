/** The answer to a request, as far as its client read it. */
export interface Answer {
  /** Method and path, such as `POST /api/logs`. */
  readonly request: string;
  /** 0 if the connection ended before an answer. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The size of the request's body without its encoding, 0 without a body. */
  readonly decodedBytes: number;
  /** The size of the request's body as it was sent. */
  readonly wireBytes: number;
  /** The size of the answer's body. */
  readonly answerBytes: number;
  /** The beginning of the answer's body. */
  readonly text: string;
}

/** Returns whether the service refused for now in the right way: 503 with `Retry-After`, as problem details. */
export const isDeliberate = ({ status, headers }: Answer): boolean =>
  status === 503 &&
  headers['retry-after'] !== undefined &&
  (headers['content-type'] ?? '').startsWith('application/problem+json');
