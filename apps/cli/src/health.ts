import { RequestError } from './failure.ts';

// Shorter than the timeout of the health check in a container.
const timeoutMs = 4000;

/** Returns the readiness report of the service. Throws RequestError if the service is not ready or does not answer. */
export async function health(url: string): Promise<string> {
  const { status, report } = await fetch(new URL('/health/ready', url), {
    signal: AbortSignal.timeout(timeoutMs),
  })
    .then(async (response) => ({ status: response.status, report: await response.text() }))
    .catch(() => {
      throw new RequestError('The service does not answer: check HOST and PORT, or USER_ACTIVITY_URL.');
    });
  if (status !== 200) throw new RequestError(`The service is not ready (${status}): ${report}`);
  return report;
}
