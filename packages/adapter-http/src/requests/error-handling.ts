import { InputFault } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mediaTypeFault, acceptedTypesOf } from './media-types.ts';
import { Problem, problemFromDomainError, problemFromInputFault, sendProblem } from './problem.ts';
import { SeveralValuesProblem } from './several-values.ts';

/** The responses to some errors of Fastify, by error code. Fastify's own messages would quote the request. */
const answersByCode: ReadonlyMap<string, readonly [status: number, detail: string]> = new Map([
  ['FST_ERR_BAD_URL', [400, 'The path of the URL must be percent-encoded UTF-8. Write % as %25.']],
  [
    'FST_ERR_MAX_PARAM_LENGTH',
    [404, 'There is nothing at this path: one of its parts is longer than any id.'],
  ],
]);

/** Turns any error into a problem. An unexpected error becomes a 500 that reveals nothing about the service. */
function problemOf(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof SeveralValuesProblem) return error.withRemedyFor(request);
  if (error instanceof Problem) return error;
  if (isDomainError(error)) return problemFromDomainError(error);
  if (error instanceof InputFault) return problemFromInputFault(error);
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const detail = mediaTypeFault(request.headers['content-type'], acceptedTypesOf(request));
    return new Problem(415, detail, { cause: error });
  }
  const answer = typeof code === 'string' ? answersByCode.get(code) : undefined;
  if (answer !== undefined) return new Problem(...answer, { cause: error });
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Problem(status, 'The request is malformed.', { cause: error });
  return new Problem(500, 'The service failed. Its log has an entry with the request id.', { cause: error });
}

/** Sends an error as a problem, and logs the error if the service is at fault. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error, request);
  const { status, message, cause } = problem;
  // The first two cases log no stack, because an overload, or unreadable keys, may cause thousands of errors.
  if (isDomainError(cause) && cause.kind === 'overloaded') request.log.warn({ code: cause.code }, message);
  else if (status >= 500 && cause === undefined) request.log.warn(message);
  else if (status >= 500) request.log[status === 500 ? 'error' : 'warn']({ err: cause }, message);
  // Lists the accepted media types (Linked Data Platform 1.0, section 7.1).
  if (status === 415) reply.header('accept-post', acceptedTypesOf(request).join(', '));
  sendProblem(reply, problem);
}

/** Returns whether no route has the path and the method of the request. */
export const isUnknownPath = ({ is404 }: FastifyRequest): boolean => is404;

/** Returns the error itself, or another one to send instead. */
export type ReplaceError = (error: unknown, request: FastifyRequest) => Promise<unknown>;

/** Throws 404 if the path has no route. Call this in `onRequest`: Fastify itself would read the body before its 404. */
export function assertRoute(request: FastifyRequest, pathHint?: string): void {
  if (isUnknownPath(request)) throw unknownPathProblem(pathHint);
}

/**
 * Makes the server send every error as a problem (RFC 9457). The 404 for an unknown path ends with `pathHint`. `replace` may return another
 * error to send instead.
 */
export function handleErrors(
  app: FastifyInstance,
  { pathHint, replace }: { readonly pathHint?: string; readonly replace?: ReplaceError } = {},
): void {
  if (replace === undefined) app.setErrorHandler(answerError);
  else
    app.setErrorHandler(async (error, request, reply) => {
      answerError(await replace(error, request), request, reply);
      return reply;
    });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, unknownPathProblem(pathHint)));
}

export const unknownPathProblem = (
  pathHint = '/docs shows all routes, and /openapi.json describes them.',
): Problem => new Problem(404, `There is nothing at this path. ${pathHint}`);
