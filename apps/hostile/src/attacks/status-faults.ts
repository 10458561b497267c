import type { Answer } from '../answer.ts';

const maxListed = 5;

/** Returns a sentence if answers have another status than the allowed ones. Lists the first five of these answers. */
export function statusFaults(answers: readonly Answer[], ...allowed: readonly number[]): readonly string[] {
  const wrong = answers.filter(({ status }) => !allowed.includes(status));
  if (wrong.length === 0) return [];
  const listed = wrong.slice(0, maxListed).map(({ request, status }) => `${request}: ${status}`);
  return [
    `${wrong.length} of ${answers.length} requests were not answered ${allowed.join(' or ')}: ${listed.join(', ')}`,
  ];
}
