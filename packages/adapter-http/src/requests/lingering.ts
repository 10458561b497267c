import { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

const lingerMs = 1000;
// The limit for a client that does not read its response.
const maxSendMs = 10_000;
const maxDiscardedBytes = 64 * 1024;
const lingering: WeakSet<Socket> = new WeakSet();

/**
 * Sends a last text, and closes the connection one second later. An immediate close would reset the connection while the client still
 * sends, and the client could lose the response. Without a time limit, the client could keep the connection open.
 */
export function endAndLinger(socket: Socket, lastText = ''): void {
  lingering.add(socket);
  let timer = setTimeout(() => socket.destroy(), maxSendMs);
  socket.once('close', () => clearTimeout(timer));
  socket.end(lastText, () => {
    clearTimeout(timer);
    timer = setTimeout(() => socket.destroy(), lingerMs);
  });
}

/** Returns whether a connection got its last response and is about to close. */
export const isLingering = (socket: Socket): boolean => lingering.has(socket);

/** Makes Node close the connection after the response if much of the body may be unread. Otherwise, Node would read all of the body. */
export function closeIfUnread({ raw }: FastifyRequest, reply: FastifyReply): void {
  const { socket } = raw;
  // A test's injected request has no `Socket`.
  if (raw.complete || !(socket instanceof Socket)) return;
  // Node reads and discards a short body, so that the client can keep its connection.
  if (Number(raw.headers['content-length']) <= maxDiscardedBytes) return;
  reply.header('connection', 'close');
  // Node does not discard a paused request that was read from: it buffers 64 KiB more, then stops.
  // A read starts only while the buffer is not full, so the buffer is emptied.
  raw.pause();
  raw.read();
  // Drops the chunks that Node has read but not parsed yet, because buffering many small chunks takes long.
  raw.push = () => false;
  // Node calls this after the last byte of the response.
  socket.destroySoon = () => endAndLinger(socket);
}
