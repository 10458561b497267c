import { InputFault } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mediaTypeFault, mediaTypesOf } from './media-types.ts';
import { Problem, problemOfDomain, problemOfInput, sendProblem } from './problem.ts';
import { SeveralValues } from './several-values.ts';

/** Refusals of Fastify by its error codes. Its own messages would quote the request. */
const refusals: ReadonlyMap<string, readonly [status: number, detail: string]> = new Map([
  ['FST_ERR_BAD_URL', [400, 'The path of the URL must be percent-encoded UTF-8; a % itself is %25.']],
  ['FST_ERR_MAX_PARAM_LENGTH', [404, 'There is nothing of that name: it is longer than any id.']],
]);

/** Any error as a problem. An unexpected one is a 500 that reveals nothing about the service. */
function problemOfAny(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof SeveralValues) return error.at(request);
  if (error instanceof Problem) return error;
  if (isDomainError(error)) return problemOfDomain(error);
  if (error instanceof InputFault) return problemOfInput(error);
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const detail = mediaTypeFault(request.headers['content-type'], mediaTypesOf(request));
    return new Problem(415, detail, { cause: error });
  }
  const refusal = typeof code === 'string' ? refusals.get(code) : undefined;
  if (refusal !== undefined) return new Problem(...refusal, { cause: error });
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Problem(status, 'The request can not be read.', { cause: error });
  return new Problem(500, 'The service failed. The request id names the entry in its log.', { cause: error });
}

/** Answers an error as a problem, and logs it if the service is at fault. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOfAny(error, request);
  const { status, message, cause = problem } = problem;
  // There may be thousands of these, and their stacks are of no use.
  if (isDomainError(cause) && cause.kind === 'overloaded') request.log.warn({ code: cause.code }, message);
  else if (status >= 500) request.log[status === 500 ? 'error' : 'warn']({ err: cause }, message);
  // Linked Data Platform, section 7.1. RFC 9110, section 15.5.16, has the same for codings.
  if (status === 415) reply.header('accept-post', mediaTypesOf(request).join(', '));
  sendProblem(reply, problem);
}

/** Throws 404 if the path is no route. Call it in `onRequest`: Fastify reads the body before it answers unknown paths. */
export function assertRoute({ is404 }: FastifyRequest, remedy?: string): void {
  if (is404) throw noSuchPath(remedy);
}

/** Answers every error and every unknown path; `remedy` says where the routes are. */
export function handleErrors(app: FastifyInstance, remedy?: string): void {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, noSuchPath(remedy)));
}

export const noSuchPath = (remedy = '/docs shows all routes, and /openapi.json describes them.'): Problem =>
  new Problem(404, `There is nothing at this path. ${remedy}`);
