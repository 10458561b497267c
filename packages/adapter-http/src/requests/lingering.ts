import { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

const lingerMs = 1000;
// A client that does not read keeps the answer from being sent.
const maxLingerMs = 10_000;
const maxDiscarded = 64 * 1024;
const lingering: WeakSet<Socket> = new WeakSet();

/**
 * Ends a connection after a last text, and closes it soon after that was sent. To close it at once would reset it if the client still
 * sends, and the client might lose the answer; to wait for the client would let it keep the connection.
 */
export function endAndLinger(socket: Socket, last = ''): void {
  lingering.add(socket);
  let timer = setTimeout(() => socket.destroy(), maxLingerMs);
  socket.once('close', () => clearTimeout(timer));
  socket.end(last, () => {
    clearTimeout(timer);
    timer = setTimeout(() => socket.destroy(), lingerMs);
  });
}

/** Whether a connection has its last answer and is closed soon, whatever its client still sends. */
export const isLingering = (socket: Socket): boolean => lingering.has(socket);

/** Has the connection closed after an answer if much of the body may be unread: Node would read on, however much that is. */
export function closeIfUnread({ raw }: FastifyRequest, reply: FastifyReply): void {
  const { socket } = raw;
  // An injected request has no socket.
  if (raw.complete || !(socket instanceof Socket)) return;
  // Little enough to throw away, as most clients want to keep their connection.
  if (Number(raw.headers['content-length']) <= maxDiscarded) return;
  reply.header('connection', 'close');
  // Paused, and begun to be read, so that Node does not throw the rest away: it takes 64 KiB more and then stops reading.
  // All that arrived is taken, as a read begins only where the buffer is not full.
  raw.pause();
  raw.read();
  // Node closes the connection by this, after the last byte of the answer.
  socket.destroySoon = () => endAndLinger(socket);
}
