import { InputFault } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import type { FastifyInstance } from 'fastify';

/**
 * The maximum of bytes of one activity, event or call as JSON, decoded: 1 MiB. The largest metadata, 256 KiB, fits even if each
 * character beyond ASCII is escaped, which triples its length. Parsing that much blocks other requests only briefly.
 */
export const maxItemBytes = 1024 * 1024;

/** The body limit of a route that takes one activity, event or call. */
export const itemBodyLimit = (app: FastifyInstance): number =>
  Math.min(maxItemBytes, app.initialConfig.bodyLimit ?? maxItemBytes);

/** 413: the request has more bytes or items than the limit. */
export const tooLarge = (message: string): InputFault => new InputFault('INPUT_TOO_LARGE', message);

/** 413: the body has more bytes than the route takes. */
export const bodyTooLarge = (maxBytes: number): InputFault =>
  tooLarge(`The body has more than ${maxBytes} bytes, decoded. Send less in one request.`);

/** Why the reading of a body ended early: the error if it is an expected one, else 400 (INPUT_UNREADABLE) with the message. */
export const readingFault = (error: unknown, message = 'The body did not arrive to its end.'): Error =>
  error instanceof InputFault || isDomainError(error)
    ? error
    : new InputFault('INPUT_UNREADABLE', message, { cause: error });
