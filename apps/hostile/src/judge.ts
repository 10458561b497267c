import { type HttpResponse, isTemporaryRefusal } from './http-response.ts';

/** The result of one attempt at an attack. */
export interface Attempt {
  /** The longest time without a response from `/health/live`, in ms. */
  readonly gapMs: number;
  /** How much the memory of the process grew from the start of the attempt to its peak, in MiB. */
  readonly growthMiB: number;
  readonly responses: readonly HttpResponse[];
  /** The end of the process's output. Only set if the process ended. */
  readonly outputAtEnd?: string;
  /** A sentence for each fault that the `check` of the attack found. */
  readonly faults: readonly string[];
}

/** The maximum cost of an attempt for the service. */
export interface Bounds {
  /** The maximum time without a response from `/health/live`. */
  readonly gapMs: number;
  /** The maximum growth of the memory of the process. */
  readonly growthMiB: number;
  /** The maximum size of a response, divided by the decoded size of its request's body. */
  readonly amplification: number;
  /** Responses up to this size are always allowed: their amplification counts as 0. */
  readonly floorBytes: number;
}

/** The bounds of `npm run hostile`. */
export const bounds: Bounds = { gapMs: 500, growthMiB: 400, amplification: 100, floorBytes: 4096 };

/** A bound that an attack exceeded, or another fault of the service. */
export interface Violation {
  readonly kind: 'gap' | 'growth' | 'amplification' | 'status' | 'ended' | 'check';
  readonly detail: string;
}

/**
 * Returns whether to attempt the attack again. This is so if fewer than three attempts were made, exactly one of them had too long a gap, and
 * nothing else was wrong: another program on the machine may have caused the gap.
 */
export function needsAnotherAttempt(attempts: readonly Attempt[], limits: Bounds): boolean {
  const longGapCount = attempts.filter(({ gapMs }) => gapMs > limits.gapMs).length;
  const violations = attempts.flatMap((attempt) => violationsExceptGap(attempt, limits));
  return longGapCount === 1 && attempts.length < 3 && violations.length === 0;
}

/** Returns the gap to judge, in ms: the second shortest gap of all attempts, or the gap of the only attempt. */
export function gapToJudge(attempts: readonly Attempt[]): number {
  const [shortest = 0, second = shortest] = attempts.map(({ gapMs }) => gapMs).toSorted((a, b) => a - b);
  return second;
}

/** Returns the size of a response divided by the decoded size of its request's body. Returns 0 if there is no such body or the response is small. */
export function amplificationOf(
  { decodedBytes, responseBytes }: HttpResponse,
  { floorBytes }: Bounds,
): number {
  return decodedBytes === 0 || responseBytes <= floorBytes ? 0 : responseBytes / decodedBytes;
}

/** Returns the violations of an attack. Judges only the gap that `gapToJudge` returns, but every other result of every attempt. */
export function judge(attempts: readonly Attempt[], limits: Bounds): readonly Violation[] {
  const gap = gapToJudge(attempts);
  const otherViolations = attempts.flatMap((attempt) => violationsExceptGap(attempt, limits));
  if (gap <= limits.gapMs) return otherViolations;
  const detail = `${gap} ms without a response from /health/live; the maximum is ${limits.gapMs} ms`;
  return [{ kind: 'gap', detail }, ...otherViolations];
}

/** Returns all violations of an attempt except a gap that is too long. */
function violationsExceptGap(attempt: Attempt, limits: Bounds): readonly Violation[] {
  const violations: Violation[] = attempt.faults.map((detail) => ({ kind: 'check', detail }));
  if (attempt.outputAtEnd !== undefined)
    violations.push({ kind: 'ended', detail: `the process ended: ${attempt.outputAtEnd}` });
  if (attempt.growthMiB > limits.growthMiB)
    violations.push({
      kind: 'growth',
      detail: `the memory grew by ${attempt.growthMiB} MiB; the maximum is ${limits.growthMiB} MiB`,
    });
  const amplified = responseWithMaxAmplification(attempt.responses, limits);
  if (amplified !== undefined && amplificationOf(amplified, limits) > limits.amplification)
    violations.push({
      kind: 'amplification',
      detail: `${amplified.request}: the response has ${amplified.responseBytes} bytes, and the body of the request ${amplified.decodedBytes}`,
    });
  const serverErrors = attempt.responses.filter(
    (response) => response.status >= 500 && !isTemporaryRefusal(response),
  );
  const [first] = serverErrors;
  if (first !== undefined)
    violations.push({
      kind: 'status',
      detail: `${serverErrors.length} of ${attempt.responses.length} responses were server errors; the first was ${first.status} to ${first.request}: ${first.text.slice(0, 200)}`,
    });
  return violations;
}

/** Returns the response with the maximum amplification, or undefined if there are no responses. */
export const responseWithMaxAmplification = (
  responses: readonly HttpResponse[],
  limits: Bounds,
): HttpResponse | undefined =>
  responses.toSorted((a, b) => amplificationOf(b, limits) - amplificationOf(a, limits))[0];
