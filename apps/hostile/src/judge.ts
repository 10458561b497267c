import { type HttpResponse, isTemporaryRefusal } from './http-response.ts';

/** The result of one try of an attack. */
export interface Attempt {
  /** The longest time without a response from `/health/live`, in ms. */
  readonly gapMs: number;
  /** The growth of the memory of the process from the start to the peak, in MiB. */
  readonly growthMiB: number;
  readonly responses: readonly HttpResponse[];
  /** The last output of the process, if the process has ended. */
  readonly outputAtEnd?: string;
  /** A sentence for each fault that the `check` of the attack found. */
  readonly faults: readonly string[];
}

/** What a try of an attack may cost the service at most. */
export interface Bounds {
  readonly gapMs: number;
  readonly growthMiB: number;
  /** The maximum size of a response, as a multiple of the decoded size of its request's body. */
  readonly amplification: number;
  /** Responses of at most this size have an amplification of 0. */
  readonly floorBytes: number;
}

export const bounds: Bounds = { gapMs: 500, growthMiB: 400, amplification: 100, floorBytes: 4096 };

/** A bound that an attack exceeded. */
export interface Violation {
  readonly kind: 'gap' | 'growth' | 'amplification' | 'status' | 'ended' | 'check';
  readonly detail: string;
}

/**
 * Returns whether the attack gets another try, of at most three: exactly one gap was too long, and no other bound was exceeded. Other
 * programs on the machine can cause one long gap.
 */
export function needsAnotherTry(attempts: readonly Attempt[], limits: Bounds): boolean {
  const longGapCount = attempts.filter(({ gapMs }) => gapMs > limits.gapMs).length;
  const violations = attempts.flatMap((attempt) => violationsBesideGap(attempt, limits));
  return longGapCount === 1 && attempts.length < 3 && violations.length === 0;
}

/** Returns the gap in ms that is judged: the second shortest of several tries, or the gap of the only try. */
export function gapOf(attempts: readonly Attempt[]): number {
  const [shortest = 0, second = shortest] = attempts.map(({ gapMs }) => gapMs).toSorted((a, b) => a - b);
  return second;
}

/** Returns the size of a response divided by the decoded size of its request's body. Returns 0 if there is no body. */
export function amplificationOf(
  { decodedBytes, responseBytes }: HttpResponse,
  { floorBytes }: Bounds,
): number {
  return decodedBytes === 0 || responseBytes <= floorBytes ? 0 : responseBytes / decodedBytes;
}

/** Returns the violations in the tries of an attack. `gapOf` chooses the gap; no try may exceed any other bound. */
export function judge(attempts: readonly Attempt[], limits: Bounds): readonly Violation[] {
  const gap = gapOf(attempts);
  const otherViolations = attempts.flatMap((attempt) => violationsBesideGap(attempt, limits));
  if (gap <= limits.gapMs) return otherViolations;
  const detail = `${gap} ms without a response from /health/live; the maximum is ${limits.gapMs}`;
  return [{ kind: 'gap', detail }, ...otherViolations];
}

function violationsBesideGap(attempt: Attempt, limits: Bounds): readonly Violation[] {
  const violations: Violation[] = attempt.faults.map((detail) => ({ kind: 'check', detail }));
  if (attempt.outputAtEnd !== undefined)
    violations.push({ kind: 'ended', detail: `the process ended: ${attempt.outputAtEnd}` });
  if (attempt.growthMiB > limits.growthMiB)
    violations.push({
      kind: 'growth',
      detail: `${attempt.growthMiB} MiB more memory; the maximum is ${limits.growthMiB}`,
    });
  const amplified = withLargestAmplification(attempt.responses, limits);
  if (amplified !== undefined && amplificationOf(amplified, limits) > limits.amplification)
    violations.push({
      kind: 'amplification',
      detail: `${amplified.request}: the response has ${amplified.responseBytes} bytes, the request ${amplified.decodedBytes}`,
    });
  const serverErrors = attempt.responses.filter(
    (response) => response.status >= 500 && !isTemporaryRefusal(response),
  );
  const [first] = serverErrors;
  if (first !== undefined)
    violations.push({
      kind: 'status',
      detail: `${serverErrors.length} of ${attempt.responses.length} responses like ${first.request} ${first.status}: ${first.text.slice(0, 200)}`,
    });
  return violations;
}

/** Returns the response with the largest amplification; undefined if there is no response. */
export const withLargestAmplification = (
  responses: readonly HttpResponse[],
  limits: Bounds,
): HttpResponse | undefined =>
  responses.toSorted((a, b) => amplificationOf(b, limits) - amplificationOf(a, limits))[0];
