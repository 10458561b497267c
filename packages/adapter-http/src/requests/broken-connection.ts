import type { Socket } from 'node:net';
import { endAndLinger, isLingering } from './lingering.ts';
import { maxHeaderSize, STATUS_CODES } from './node-http.ts';
import { Problem } from './problem.ts';
import { securityHeaders } from './security-headers.ts';

/** The responses to malformed and late requests, by the error code of Node's HTTP server. */
const responses: ReadonlyMap<string, readonly [status: number, detail: string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, `The request line and the headers take more than ${maxHeaderSize} bytes.`]],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'The request did not arrive in time.']],
]);

/** Answers a malformed or late request with a problem (RFC 9457), if the client can still read, and closes the connection. */
export function answerBrokenConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (isLingering(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, detail] = responses.get(error.code ?? '') ?? [400, 'The request is not well-formed HTTP.'];
  const body = JSON.stringify(new Problem(status, detail));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`),
  ];
  endAndLinger(socket, `${head.join('\r\n')}\r\n\r\n${body}`);
}
