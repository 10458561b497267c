import { type Answer, isDeliberate } from './answer.ts';

/** What one try of an attack came to. */
export interface Attempt {
  /** The longest time without an answer of `/health/live`. */
  readonly gapMs: number;
  /** How much more memory the process held than before, at most. */
  readonly growthMiB: number;
  readonly answers: readonly Answer[];
  /** The end of what the process wrote, if it ended. */
  readonly ended?: string;
  /** What the attack itself found wrong. */
  readonly faults: readonly string[];
}

/** What an attack may cost. */
export interface Bounds {
  readonly gapMs: number;
  readonly growthMiB: number;
  /** How many times the decoded size of a body its answer may have. */
  readonly amplification: number;
  /** An answer below this size is never too large. */
  readonly floorBytes: number;
}

export const bounds: Bounds = { gapMs: 500, growthMiB: 400, amplification: 100, floorBytes: 4096 };

/** A bound that did not hold. */
export interface Violation {
  readonly kind: 'gap' | 'growth' | 'amplification' | 'status' | 'ended' | 'check';
  readonly detail: string;
}

/**
 * Whether another try can still tell: one gap was too long, and nothing else. The load of the machine can make one gap long, so
 * the second best of three counts.
 */
export function needsAnotherTry(attempts: readonly Attempt[], allowed: Bounds): boolean {
  const long = attempts.filter(({ gapMs }) => gapMs > allowed.gapMs).length;
  const others = attempts.flatMap((attempt) => violationsOf(attempt, allowed));
  return long === 1 && attempts.length < 3 && others.length === 0;
}

/** The gap that counts: the second best, or the only one. */
export function gapOf(attempts: readonly Attempt[]): number {
  const [best = 0, second = best] = attempts.map(({ gapMs }) => gapMs).toSorted((a, b) => a - b);
  return second;
}

/** How many times its request an answer is. An answer to a request without a body is never too large. */
export function amplificationOf({ decodedBytes, answerBytes }: Answer, { floorBytes }: Bounds): number {
  return decodedBytes === 0 || answerBytes <= floorBytes ? 0 : answerBytes / decodedBytes;
}

/** Judges the tries of an attack. Every bound but the gap must hold in each of them. */
export function judge(attempts: readonly Attempt[], allowed: Bounds): readonly Violation[] {
  const gap = gapOf(attempts);
  const late: Violation[] =
    gap > allowed.gapMs
      ? [{ kind: 'gap', detail: `${gap} ms without an answer of /health/live, at most ${allowed.gapMs}` }]
      : [];
  return [...late, ...attempts.flatMap((attempt) => violationsOf(attempt, allowed))];
}

function violationsOf(attempt: Attempt, allowed: Bounds): readonly Violation[] {
  const found: Violation[] = attempt.faults.map((detail) => ({ kind: 'check', detail }));
  if (attempt.ended !== undefined)
    found.push({ kind: 'ended', detail: `the process ended: ${attempt.ended}` });
  if (attempt.growthMiB > allowed.growthMiB)
    found.push({ kind: 'growth', detail: `${attempt.growthMiB} MiB more, at most ${allowed.growthMiB}` });
  const largest = largestOf(attempt.answers, allowed);
  if (largest !== undefined && amplificationOf(largest, allowed) > allowed.amplification)
    found.push({
      kind: 'amplification',
      detail: `${largest.request}: ${largest.answerBytes} bytes of answer for ${largest.decodedBytes}`,
    });
  const broken = attempt.answers.filter((answer) => answer.status >= 500 && !isDeliberate(answer));
  const [first] = broken;
  if (first !== undefined)
    found.push({
      kind: 'status',
      detail: `${broken.length} of ${attempt.answers.length} answers like ${first.request} ${first.status}: ${first.text.slice(0, 200)}`,
    });
  return found;
}

/** The answer that multiplies its request most. */
export const largestOf = (answers: readonly Answer[], allowed: Bounds): Answer | undefined =>
  answers.toSorted((a, b) => amplificationOf(b, allowed) - amplificationOf(a, allowed))[0];
