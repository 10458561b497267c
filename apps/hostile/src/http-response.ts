/** The response to a request that an attack sent. */
export interface HttpResponse {
  /** Method and path, such as `POST /api/logs`. */
  readonly request: string;
  /** The HTTP status. 0 if the connection ended before a response. */
  readonly status: number;
  /** The headers by name, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The size of the request's body in bytes, before it was compressed. 0 if it had no body, or if the request was sent as raw bytes. */
  readonly decodedBytes: number;
  /** The size of the request's body in bytes, as it was sent. 0 if it had no body, or if the request was sent as raw bytes. */
  readonly wireBytes: number;
  /** The size of the response's body in bytes. */
  readonly responseBytes: number;
  /** The beginning of the response's body. At most 8 MiB. */
  readonly text: string;
}

/** Returns whether the response correctly says that the client should retry later: 503, `Retry-After`, and problem details as the body. */
export const isTemporaryRefusal = ({ status, headers }: HttpResponse): boolean =>
  status === 503 &&
  headers['retry-after'] !== undefined &&
  (headers['content-type'] ?? '').startsWith('application/problem+json');
