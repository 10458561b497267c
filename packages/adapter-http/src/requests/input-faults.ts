import { InputFault } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';

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
