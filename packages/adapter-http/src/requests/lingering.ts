import { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

const lingerMs = 1000;
// The time limit for sending the last bytes to a client that does not read.
const maxSendMs = 10_000;
const maxDiscardedBytes = 64 * 1024;
const lingeringSockets: WeakSet<Socket> = new WeakSet();

/**
 * Sends `lastText`, and closes the connection one second later. An immediate close would reset the connection while the client still
 * sends, and the client could lose the response. The connection is closed even if the client still sends or does not read.
 */
export function endAndLinger(socket: Socket, lastText = ''): void {
  lingeringSockets.add(socket);
  let timer = setTimeout(() => socket.destroy(), maxSendMs);
  socket.once('close', () => clearTimeout(timer));
  socket.end(lastText, () => {
    clearTimeout(timer);
    timer = setTimeout(() => socket.destroy(), lingerMs);
  });
}

/** Returns whether `endAndLinger` was called for a connection. */
export const isLingering = (socket: Socket): boolean => lingeringSockets.has(socket);

/** Makes Node close the connection after the response if over 64 KiB of the body may be unread. By default, Node reads all of it. */
export function closeIfUnread({ raw }: FastifyRequest, reply: FastifyReply): void {
  const { socket } = raw;
  // A request that a test injects has no real `Socket`.
  if (raw.complete || !(socket instanceof Socket)) return;
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = raw.headers;
  // Node reads and discards a short body, so that the client can keep its connection. Without these two headers there is no body (RFC
  // 9112, section 6.3), but a request that is answered at once is not complete yet.
  if (encoding === undefined && Number(length) <= maxDiscardedBytes) return;
  reply.header('connection', 'close');
  // Node reads and discards an unread body to its end, unless something has read from the request before. After `pause` and `read`,
  // Node buffers at most 64 KiB of the body. `read` also empties the buffer: Node reads nothing more into a full one.
  raw.pause();
  raw.read();
  // Drops the chunks that Node has read but not parsed yet, because buffering many small chunks takes long.
  raw.push = () => false;
  // Node calls `destroySoon` after the last byte of the response.
  socket.destroySoon = () => endAndLinger(socket);
}
