import { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

const lingerMs = 1000;
// A client that does not read keeps the answer from being sent.
const maxLingerMs = 10_000;
const maxDiscarded = 64 * 1024;
const lingering: WeakSet<Socket> = new WeakSet();

/**
 * Ends a connection with a last text, and closes it one second after that was sent. Closing it at once would reset it while the client
 * still sends, and the client could lose the answer. Waiting for the client would let it keep the connection open.
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

/** Whether a connection has had its last answer, so that it closes soon and everything that arrives is ignored. */
export const isLingering = (socket: Socket): boolean => lingering.has(socket);

/** Closes the connection after the answer if much of the body may be unread. Otherwise Node would read all of it. */
export function closeIfUnread({ raw }: FastifyRequest, reply: FastifyReply): void {
  const { socket } = raw;
  // An injected request has no socket.
  if (raw.complete || !(socket instanceof Socket)) return;
  // A short rest is read and discarded, so that the client can keep its connection.
  if (Number(raw.headers['content-length']) <= maxDiscarded) return;
  reply.header('connection', 'close');
  // A paused request that was read from is not discarded: Node takes 64 KiB more, then stops.
  // A read starts only while the buffer is not full, so this takes all that has arrived.
  raw.pause();
  raw.read();
  // Drops the chunks that still come out of what Node has read: small ones would take long to buffer.
  raw.push = () => false;
  // Node calls this after the last byte of the answer.
  socket.destroySoon = () => endAndLinger(socket);
}
