import { isDomainError } from '@user-activity/domain';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problemOf, sendProblem } from './problem.ts';

/** What Fastify itself refuses, by its code. Its own messages quote the request. */
const refusals: ReadonlyMap<string, readonly [status: number, detail: string]> = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', [415, 'The media type of the body is none that the route takes.']],
  ['FST_ERR_BAD_URL', [400, 'The path of the URL is not well-formed.']],
  ['FST_ERR_MAX_PARAM_LENGTH', [404, 'There is nothing of that name.']],
]);

/** Whatever was thrown, as a problem. What nobody expected is a 500 that tells nothing of the inside. */
function problemOfAny(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isDomainError(error)) return problemOf(error);
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  const refusal = typeof code === 'string' ? refusals.get(code) : undefined;
  if (refusal !== undefined) return new Problem(...refusal, { cause: error });
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Problem(status, 'The request can not be read.', { cause: error });
  return new Problem(500, 'The service failed. The request id names the entry in its log.', { cause: error });
}

/** Answers every error as a problem, and logs those that are ours. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOfAny(error);
  const { status, message, cause = problem } = problem;
  // There may be thousands of these, and their stacks tell nothing.
  if (isDomainError(cause) && cause.kind === 'overloaded') request.log.warn({ code: cause.code }, message);
  else if (status >= 500) request.log[status === 500 ? 'error' : 'warn']({ err: cause }, message);
  sendProblem(reply, problem);
}

const notFound = (): Problem => new Problem(404, 'There is nothing at this path.');

/** Throws 404 if the path is no route: in `onRequest`, as the body of such a request would be read before its handler is called. */
export function assertRoute({ is404 }: FastifyRequest): void {
  if (is404) throw notFound();
}

/** Answers every error, and every path that is no route. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, notFound()));
}
