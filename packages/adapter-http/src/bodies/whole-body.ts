import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bodyTooLarge, readingFault } from '../requests/input-faults.ts';
import { ChunkLimit } from './chunk-limit.ts';
import { GatheredBytes } from './gathered-bytes.ts';

/** Whether the Content-Length of a request is more than the route takes. */
export const announcesTooMuch = ({ headers, routeOptions }: FastifyRequest): boolean =>
  Number(headers['content-length']) > routeOptions.bodyLimit;

/**
 * Reads bodies of the media types as a whole, and calls `parse` with them. Fastify's own reader would keep every chunk, however small.
 * The error is INPUT_TOO_LARGE once there are more bytes than the route takes, and INPUT_UNREADABLE if the body breaks off.
 */
export function parseWhole(
  app: FastifyInstance,
  mediaTypes: string,
  parse: (request: FastifyRequest, body: Buffer) => unknown,
): void {
  app.addContentTypeParser(mediaTypes, (request, payload, done) => {
    const parsed = (read: () => Buffer): void => {
      try {
        done(null, parse(request, read()));
      } catch (error) {
        done(error instanceof Error ? error : new Error('A parser threw something that is not an Error.'));
      }
    };
    if (announcesTooMuch(request)) parsed(() => refuse(bodyTooLarge(request.routeOptions.bodyLimit)));
    else gather(payload, request, parsed);
  });
}

function refuse(error: Error): never {
  throw error;
}

/** Calls `settle` once, with a function that returns the whole body, or throws why it could not be read. */
function gather(
  payload: Readable,
  { bytes: held, raw, routeOptions: { bodyLimit } }: FastifyRequest,
  settle: (read: () => Buffer) => void,
): void {
  const bytes = new GatheredBytes();
  const chunks = new ChunkLimit();
  const finish = (read: () => Buffer): void => {
    payload.off('data', take).off('end', end).off('error', fail);
    // A decoder may still fail when the connection closes. Without a listener, that would end the process.
    payload.on('error', () => undefined);
    if (payload !== raw) payload.destroy();
    settle(read);
  };
  const take = (chunk: Buffer): void => {
    try {
      chunks.count(chunk.length);
      if (bytes.length + chunk.length > bodyLimit) throw bodyTooLarge(bodyLimit);
      held.addBody(chunk.length);
      bytes.append(chunk);
    } catch (error) {
      fail(error);
    }
  };
  const end = (): void => finish(() => bytes.take());
  const fail = (error: unknown): void => finish(() => refuse(readingFault(error)));
  payload.on('data', take).on('end', end).on('error', fail);
}
