import { type Answer, isDeliberate } from './answer.ts';

/** The result of one try of an attack. */
export interface Attempt {
  /** The longest time without an answer of `/health/live`, in ms. */
  readonly gapMs: number;
  /** The growth of the memory of the process from the start to the peak, in MiB. */
  readonly growthMiB: number;
  readonly answers: readonly Answer[];
  /** The last output of the process; absent if the process did not end. */
  readonly ended?: string;
  /** A sentence for each fault that the `check` of the attack found. */
  readonly faults: readonly string[];
}

/** The maximum cost of an attack. */
export interface Bounds {
  readonly gapMs: number;
  readonly growthMiB: number;
  /** The maximum size of an answer, as a multiple of the decoded size of its request's body. */
  readonly amplification: number;
  /** The size in bytes up to which an answer is never too large. */
  readonly floorBytes: number;
}

export const bounds: Bounds = { gapMs: 500, growthMiB: 400, amplification: 100, floorBytes: 4096 };

/** A bound that an attack exceeded. */
export interface Violation {
  readonly kind: 'gap' | 'growth' | 'amplification' | 'status' | 'ended' | 'check';
  readonly detail: string;
}

/**
 * Returns whether the attack gets another try: exactly one gap was too long, and nothing else was wrong. Other load on the machine can
 * cause one long gap, so the second shortest gap of three counts.
 */
export function needsAnotherTry(attempts: readonly Attempt[], allowed: Bounds): boolean {
  const long = attempts.filter(({ gapMs }) => gapMs > allowed.gapMs).length;
  const others = attempts.flatMap((attempt) => violationsOf(attempt, allowed));
  return long === 1 && attempts.length < 3 && others.length === 0;
}

/** Returns the gap that counts: the second shortest, or the only one. */
export function gapOf(attempts: readonly Attempt[]): number {
  const [shortest = 0, second = shortest] = attempts.map(({ gapMs }) => gapMs).toSorted((a, b) => a - b);
  return second;
}

/** Returns the size of an answer as a multiple of its request. Returns 0 if the request has no body. */
export function amplificationOf({ decodedBytes, answerBytes }: Answer, { floorBytes }: Bounds): number {
  return decodedBytes === 0 || answerBytes <= floorBytes ? 0 : answerBytes / decodedBytes;
}

/** Judges the tries of an attack. For the gap, only `gapOf` counts. All other bounds must hold in each try. */
export function judge(attempts: readonly Attempt[], allowed: Bounds): readonly Violation[] {
  const gap = gapOf(attempts);
  const found = attempts.flatMap((attempt) => violationsOf(attempt, allowed));
  if (gap <= allowed.gapMs) return found;
  const detail = `${gap} ms without an answer from /health/live; the maximum is ${allowed.gapMs}`;
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
  const largest = largestOf(attempt.answers, allowed);
  if (largest !== undefined && amplificationOf(largest, allowed) > allowed.amplification)
    found.push({
      kind: 'amplification',
      detail: `${largest.request}: the answer has ${largest.answerBytes} bytes, the request ${largest.decodedBytes}`,
    });
  const serverErrors = attempt.answers.filter((answer) => answer.status >= 500 && !isDeliberate(answer));
  const [first] = serverErrors;
  if (first !== undefined)
    found.push({
      kind: 'status',
      detail: `${serverErrors.length} of ${attempt.answers.length} answers like ${first.request} ${first.status}: ${first.text.slice(0, 200)}`,
    });
  return found;
}

/** Returns the answer that is the largest multiple of its request. */
export const largestOf = (answers: readonly Answer[], allowed: Bounds): Answer | undefined =>
  answers.toSorted((a, b) => amplificationOf(b, allowed) - amplificationOf(a, allowed))[0];
