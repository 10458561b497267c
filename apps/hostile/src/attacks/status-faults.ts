import type { HttpResponse } from '../http-response.ts';

const maxListed = 5;

/** Returns a sentence if some responses do not have an allowed status. The sentence lists the first five of them. */
export function statusFaults(
  responses: readonly HttpResponse[],
  ...allowed: readonly number[]
): readonly string[] {
  const wrong = responses.filter(({ status }) => !allowed.includes(status));
  if (wrong.length === 0) return [];
  const listed = wrong.slice(0, maxListed).map(({ request, status }) => `${request}: ${status}`);
  return [
    `${wrong.length} of ${responses.length} requests were not answered ${allowed.join(' or ')}: ${listed.join(', ')}`,
  ];
}
