import type { HttpResponse } from '../http-response.ts';

const maxListed = 5;

/**
 * Checks that every response has one of the allowed statuses. Returns an empty list, or a list with one sentence, which names the first five
 * responses with another status.
 */
export function unexpectedStatusFaults(
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
