/** The response to a request of an attack. */
export interface HttpResponse {
  /** Method and path, such as `POST /api/logs`. */
  readonly request: string;
  /** The HTTP status; 0 if the connection ended before a response. */
  readonly status: number;
  /** The headers; their names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The size of the request's body in bytes before content encoding; 0 if there is no body, or if it was sent as raw bytes. */
  readonly decodedBytes: number;
  /** The size of the request's body in bytes as sent; 0 if there is no body, or if it was sent as raw bytes. */
  readonly wireBytes: number;
  /** The size of the response's body in bytes. */
  readonly responseBytes: number;
  /** The beginning of the response's body. At most 8 MiB. */
  readonly text: string;
}

/** Returns whether the response is a correct temporary refusal: 503 with `Retry-After`, as problem details. */
export const isTemporaryRefusal = ({ status, headers }: HttpResponse): boolean =>
  status === 503 &&
  headers['retry-after'] !== undefined &&
  (headers['content-type'] ?? '').startsWith('application/problem+json');
