import { RequestError } from './failure.ts';

// Shorter than a container engine's time-out for a check.
const timeoutMs = 4000;

/** Asks the service whether it is ready, and returns its answer. Throws RequestError if it is not ready or does not answer. */
export async function health(url: string): Promise<string> {
  let answer: string;
  let status: number;
  try {
    const response = await fetch(new URL('/health/ready', url), { signal: AbortSignal.timeout(timeoutMs) });
    status = response.status;
    answer = await response.text();
  } catch {
    throw new RequestError('The service does not answer: check HOST and PORT, or USER_ACTIVITY_URL.');
  }
  if (status !== 200) throw new RequestError(`The service is not ready (${status}): ${answer}`);
  return answer;
}
