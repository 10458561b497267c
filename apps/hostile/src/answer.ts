/** The part of an answer that its client read. */
export interface Answer {
  /** Method and path, such as `POST /api/logs`. */
  readonly request: string;
  /** The HTTP status; 0 if the connection ended before an answer. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The size of the request's body in bytes before content encoding; 0 if there is no body, or if it was sent as raw bytes. */
  readonly decodedBytes: number;
  /** The size of the request's body in bytes as sent; 0 if there is no body, or if it was sent as raw bytes. */
  readonly wireBytes: number;
  /** The size of the answer's body in bytes. */
  readonly answerBytes: number;
  /** The beginning of the answer's body. */
  readonly text: string;
}

/** Returns whether the answer is a correct temporary refusal: 503 with `Retry-After`, as problem details. */
export const isDeliberate = ({ status, headers }: Answer): boolean =>
  status === 503 &&
  headers['retry-after'] !== undefined &&
  (headers['content-type'] ?? '').startsWith('application/problem+json');
