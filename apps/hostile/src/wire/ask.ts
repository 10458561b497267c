import { request } from 'node:http';
import type { Answer } from '../answer.ts';

/** A well-formed HTTP request. */
export interface Question {
  /** Default: POST with a body, GET without one. */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Buffer;
  /** The size of the body without its encoding. Default: the size of `body`. */
  readonly decodedBytes?: number;
}

/** The maximum size of the part of an answer that is kept. All of it is counted. */
const keptBytes = 8 * 1024 * 1024;

/** Sends a request on its own connection. Resolves with status 0 if the connection breaks before an answer. */
export function ask(port: number, question: Question, signal: AbortSignal): Promise<Answer> {
  const { body, path, method = body === undefined ? 'GET' : 'POST', headers = {} } = question;
  const { decodedBytes = body?.length ?? 0 } = question;
  return new Promise((resolve) => {
    const kept: Buffer[] = [];
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
        text: Buffer.concat(kept).toString(),
      });
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const sent = request(
      { port, host: '127.0.0.1', path, method, agent: false, signal, headers: { ...length, ...headers } },
      (response) => {
        status = response.statusCode ?? 0;
        for (const [name, value] of Object.entries(response.headers)) headersOfAnswer[name] = String(value);
        response
          .on('data', (chunk: Buffer) => {
            answerBytes += chunk.length;
            if (answerBytes <= keptBytes) kept.push(chunk);
          })
          .once('close', finish);
      },
    );
    // An answer may come before the whole body is sent. Then the connection breaks, and the answer counts.
    sent
      .on('error', () => undefined)
      .once('close', () => {
        if (status === 0) finish();
      });
    sent.end(body);
  });
}
