import type { Readable } from 'node:stream';
import { DomainError, isDomainError } from '@user-activity/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ChunkLimit } from './chunk-limit.ts';
import { GatheredBytes } from './gathered-bytes.ts';

/** A body of more bytes than the route takes. */
export const tooLarge = (maxBytes: number): DomainError =>
  new DomainError(
    'INPUT_TOO_LARGE',
    `The body has more than ${maxBytes} bytes, decoded. Send less in one request.`,
  );

/** A body that breaks off. */
export const brokenOff = (cause: unknown): DomainError =>
  new DomainError('INPUT_UNREADABLE', 'The body did not arrive to its end.', { cause });

/** Whether the request says itself that its body has more bytes than the route takes. */
export const saysTooMuch = ({ headers, routeOptions }: FastifyRequest): boolean =>
  Number(headers['content-length']) > routeOptions.bodyLimit;

/**
 * Has bodies of these media types read as a whole, and hands them to the parser. Fastify's own way is to keep every chunk as it
 * came, however small. INPUT_TOO_LARGE as soon as there are more bytes than the route takes, INPUT_UNREADABLE for a body that
 * breaks off.
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
        done(error instanceof Error ? error : new Error('A parser threw no error.'));
      }
    };
    if (saysTooMuch(request)) parsed(() => refuse(tooLarge(request.routeOptions.bodyLimit)));
    else gather(payload, request, parsed);
  });
}

function refuse(error: Error): never {
  throw error;
}

/** Hands out how to get at the bytes, once: with those that arrived to the end, or with why they did not. */
function gather(
  payload: Readable,
  { bytes: held, raw, routeOptions: { bodyLimit } }: FastifyRequest,
  settle: (read: () => Buffer) => void,
): void {
  const bytes = new GatheredBytes();
  const chunks = new ChunkLimit();
  const finish = (read: () => Buffer): void => {
    payload.off('data', take).off('end', end).off('error', fail);
    // A decoder that nobody reads may still fail, when its client goes: an error without a listener would end the process.
    payload.on('error', () => undefined);
    if (payload !== raw) payload.destroy();
    settle(read);
  };
  const take = (chunk: Buffer): void => {
    try {
      chunks.count(chunk.length);
      if (bytes.length + chunk.length > bodyLimit) throw tooLarge(bodyLimit);
      held.addBody(chunk.length);
      bytes.append(chunk);
    } catch (error) {
      fail(error);
    }
  };
  const end = (): void => finish(() => bytes.take());
  const fail = (error: unknown): void =>
    finish(() => refuse(isDomainError(error) ? error : brokenOff(error)));
  payload.on('data', take).on('end', end).on('error', fail);
}
