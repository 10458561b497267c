import type { RateName, RateState } from '@user-activity/application';
import { Problem } from './problem.ts';

// `content-bytes` is a registered unit, and the others are our own. Clients read a quota without a unit as a number of requests.
const quotaUnits: Readonly<Record<RateName, string>> = {
  itemsPerSecond: 'items',
  bytesPerSecond: 'content-bytes',
  answerBytesPerSecond: 'content-bytes',
  searchMsPerSecond: 'milliseconds',
};

// The largest integer of a structured field (RFC 9651, section 3.3.1).
const maxInteger = 999_999_999_999_999;
const integer = (value: number): number => Math.min(maxInteger, Math.floor(value));

/** Returns whole seconds, rounded up, at least 1, so that a client that waits so long is not refused again for its earlier requests. */
const secondsOf = (ms: number): number => integer(Math.max(1, Math.ceil(ms / 1000)));

const policyName = ({ owner, name }: RateState): string => `"${owner}-${name}"`;

/**
 * Makes the header fields that tell clients the limits of a request (draft-ietf-httpapi-ratelimit-headers-10). The quota of a policy is
 * what can be used at once, and its window is the time until the whole quota is available again.
 */
export function makeRateLimitHeaders(states: readonly RateState[]): Record<string, string> {
  if (states.length === 0) return {};
  const policies = states.map(
    (state) =>
      `${policyName(state)};q=${integer(state.burst)};qu="${quotaUnits[state.name]}";w=${state.burstSeconds}`,
  );
  const limits = states.map(
    (state) => `${policyName(state)};r=${integer(state.left)};t=${secondsOf(state.waitMs)}`,
  );
  return { 'ratelimit-policy': policies.join(', '), ratelimit: limits.join(', ') };
}

/** Makes the 429 for a request that a limit refuses. */
export function limitReachedProblem(
  { owner, name, perSecond, waitMs }: RateState,
  consequence: string,
): Problem {
  const whose = owner === 'key' ? 'This API key' : 'This project';
  const seconds = secondsOf(waitMs);
  return new Problem(
    429,
    `${whose} has reached its limit ${name}, which is ${perSecond}. ${consequence}Send the request again in ${seconds} s.`,
    { headers: { 'retry-after': String(seconds) } },
  );
}
