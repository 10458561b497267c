import { request } from 'node:http';
import type { Answer } from '../answer.ts';

/** A well-formed HTTP request. */
export interface Question {
  /** Default: POST with a body, GET without one. */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Buffer;
  /** The size of the body in bytes before content encoding. Default: the size of `body`. */
  readonly decodedBytes?: number;
}

/** The maximum number of bytes of an answer that are kept. `answerBytes` counts the whole answer. */
const maxKeptBytes = 8 * 1024 * 1024;

/** Sends a request on its own connection. Resolves with status 0 if the connection breaks before an answer. */
export function ask(port: number, question: Question, signal: AbortSignal): Promise<Answer> {
  const { body, path, method = body === undefined ? 'GET' : 'POST', headers = {} } = question;
  const { decodedBytes = body?.length ?? 0 } = question;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const headersOfAnswer: Record<string, string> = {};
    let status = 0;
    let answerBytes = 0;
    const finish = (): void =>
      resolve({
        status,
        headers: headersOfAnswer,
        request: `${method} ${path.slice(0, 60)}`,
        decodedBytes,
        wireBytes: body?.length ?? 0,
        answerBytes,
        text: Buffer.concat(chunks).toString(),
      });
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const clientRequest = request(
      { port, host: '127.0.0.1', path, method, agent: false, signal, headers: { ...length, ...headers } },
      (response) => {
        status = response.statusCode ?? 0;
        for (const [name, value] of Object.entries(response.headers)) headersOfAnswer[name] = String(value);
        response
          .on('data', (chunk: Buffer) => {
            answerBytes += chunk.length;
            if (answerBytes <= maxKeptBytes) chunks.push(chunk);
          })
          .once('close', finish);
      },
    );
    // The service may answer before the whole body is sent, and close the connection. The answer counts.
    clientRequest
      .on('error', () => undefined)
      .once('close', () => {
        if (status === 0) finish();
      });
    clientRequest.end(body);
  });
}
