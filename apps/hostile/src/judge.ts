import { type HttpResponse, isTemporaryRefusal } from './http-response.ts';

/** The result of one try of an attack. */
export interface Attempt {
  /** The longest time without a response from `/health/live`, in ms. */
  readonly gapMs: number;
  /** The growth of the memory of the process from the start to the peak, in MiB. */
  readonly growthMiB: number;
  readonly responses: readonly HttpResponse[];
  /** The end of the output of the process; absent if the process still runs. */
  readonly ended?: string;
  /** A sentence for each fault that the `check` of the attack found. */
  readonly faults: readonly string[];
}

/** The maximum cost of a try of an attack. */
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
 * Returns whether the attack gets another try, of at most three: one gap was too long, and all other bounds held. Other load on the
 * machine can cause one long gap.
 */
export function needsAnotherTry(attempts: readonly Attempt[], allowed: Bounds): boolean {
  const long = attempts.filter(({ gapMs }) => gapMs > allowed.gapMs).length;
  const others = attempts.flatMap((attempt) => violationsOf(attempt, allowed));
  return long === 1 && attempts.length < 3 && others.length === 0;
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

/** Judges the tries of an attack. The gap is the one that `gapOf` returns; all other bounds must hold in each try. */
export function judge(attempts: readonly Attempt[], allowed: Bounds): readonly Violation[] {
  const gap = gapOf(attempts);
  const found = attempts.flatMap((attempt) => violationsOf(attempt, allowed));
  if (gap <= allowed.gapMs) return found;
  const detail = `${gap} ms without a response from /health/live; the maximum is ${allowed.gapMs}`;
  return [{ kind: 'gap', detail }, ...found];
}

function violationsOf(attempt: Attempt, allowed: Bounds): readonly Violation[] {
  const found: Violation[] = attempt.faults.map((detail) => ({ kind: 'check', detail }));
  if (attempt.ended !== undefined)
    found.push({ kind: 'ended', detail: `the process ended: ${attempt.ended}` });
  if (attempt.growthMiB > allowed.growthMiB)
    found.push({
      kind: 'growth',
      detail: `${attempt.growthMiB} MiB more memory; the maximum is ${allowed.growthMiB}`,
    });
  const mostAmplified = mostAmplifiedOf(attempt.responses, allowed);
  if (mostAmplified !== undefined && amplificationOf(mostAmplified, allowed) > allowed.amplification)
    found.push({
      kind: 'amplification',
      detail: `${mostAmplified.request}: the response has ${mostAmplified.responseBytes} bytes, the request ${mostAmplified.decodedBytes}`,
    });
  const serverErrors = attempt.responses.filter(
    (response) => response.status >= 500 && !isTemporaryRefusal(response),
  );
  const [first] = serverErrors;
  if (first !== undefined)
    found.push({
      kind: 'status',
      detail: `${serverErrors.length} of ${attempt.responses.length} responses like ${first.request} ${first.status}: ${first.text.slice(0, 200)}`,
    });
  return found;
}

/** Returns the response with the largest amplification; undefined if there is no response. */
export const mostAmplifiedOf = (
  responses: readonly HttpResponse[],
  allowed: Bounds,
): HttpResponse | undefined =>
  responses.toSorted((a, b) => amplificationOf(b, allowed) - amplificationOf(a, allowed))[0];
