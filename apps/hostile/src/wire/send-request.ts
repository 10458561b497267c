import { request } from 'node:http';
import type { HttpResponse } from '../http-response.ts';

/** A request to the service. */
export interface HttpRequest {
  /** Default: POST if there is a body, otherwise GET. */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Buffer;
  /** The size of the body in bytes before it was compressed. Default: the size of `body`. */
  readonly decodedBytes?: number;
}

/** The maximum number of bytes of a response's body that are kept as `text`. `responseBytes` counts the whole body. */
const maxTextBytes = 8 * 1024 * 1024;

/** Sends a request on a new connection. Resolves with status 0 if the connection ends before a response. */
export function sendRequest(
  port: number,
  { body, path, method = body === undefined ? 'GET' : 'POST', headers = {}, decodedBytes }: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const responseHeaders: Record<string, string> = {};
    let status = 0;
    let responseBytes = 0;
    const finish = (): void =>
      resolve({
        status,
        headers: responseHeaders,
        request: `${method} ${path.slice(0, 60)}`,
        decodedBytes: decodedBytes ?? body?.length ?? 0,
        wireBytes: body?.length ?? 0,
        responseBytes,
        text: Buffer.concat(chunks).toString(),
      });
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const clientRequest = request(
      { port, host: '127.0.0.1', path, method, agent: false, signal, headers: { ...length, ...headers } },
      (response) => {
        status = response.statusCode ?? 0;
        for (const [name, value] of Object.entries(response.headers)) responseHeaders[name] = String(value);
        response
          .on('data', (chunk: Buffer) => {
            responseBytes += chunk.length;
            if (responseBytes <= maxTextBytes) chunks.push(chunk);
          })
          .once('close', finish);
      },
    );
    // An error is no reason to fail: the service may respond before it has read the whole body, and then close the connection.
    clientRequest
      .on('error', () => undefined)
      .once('close', () => {
        if (status === 0) finish();
      });
    clientRequest.end(body);
  });
}
