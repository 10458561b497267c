import {
  type DeadLetter,
  DeadLetterId,
  type DeadLetterRepository,
  type ProjectId,
} from '@user-activity/domain';

// Limits the memory of a portion. A letter that is larger is a portion of its own.
const maxBytes = 4 * 1024 * 1024;

/**
 * Yields the letters with these ids and all their bytes, in portions. A portion has at most 4 MiB, unless it is a single larger letter. Skips
 * unknown ids.
 */
export async function* wholeLetters(
  deadLetters: Pick<DeadLetterRepository, 'findByIds'>,
  project: ProjectId,
  ids: readonly DeadLetterId[],
): AsyncGenerator<readonly DeadLetter[]> {
  let left = [...new Set(ids)];
  while (left.length > 0) {
    const whole = await deadLetters.findByIds(project, left, maxBytes);
    const last = whole.at(-1);
    if (last === undefined) return;
    yield whole;
    left = left.slice(left.indexOf(DeadLetterId.of(last.origin)) + 1);
  }
}
