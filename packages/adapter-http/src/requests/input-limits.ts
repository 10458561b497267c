import { InputFault } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import type { FastifyInstance } from 'fastify';

/**
 * The maximum size in bytes of one activity, event or call as JSON, after decompression: 1 MiB. The largest metadata, 256 KiB, fits even if
 * JSON escapes triple the size of text beyond ASCII. Parsing 1 MiB blocks the event loop only briefly.
 */
export const maxItemBytes = 1024 * 1024;

/** The body limit in bytes of a route that takes one activity, event or call. */
export const itemBodyLimit = (app: FastifyInstance): number =>
  Math.min(maxItemBytes, app.initialConfig.bodyLimit ?? maxItemBytes);

/** Makes a 413 for a request with too many bytes or items. */
export const inputTooLarge = (message: string): InputFault => new InputFault('INPUT_TOO_LARGE', message);

export const bodyTooLarge = (maxBytes: number): InputFault =>
  inputTooLarge(`The body has more than ${maxBytes} bytes after decompression. Send less in one request.`);

/** Turns an error of a body's stream into INPUT_UNREADABLE. Returns an InputFault or a DomainError unchanged. */
export const readingFault = (error: unknown, message = 'The body broke off before its end.'): Error =>
  error instanceof InputFault || isDomainError(error)
    ? error
    : new InputFault('INPUT_UNREADABLE', message, { cause: error });
