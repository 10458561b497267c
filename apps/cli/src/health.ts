import { RequestError } from './failure.ts';
import { printable } from './printable.ts';

// Shorter than the timeout of the health check in a container.
const timeoutMs = 4000;
const maxShownCharacters = 500;

/** Returns the readiness report of the service, in JSON. Throws RequestError if the service is not ready or does not answer. */
export async function fetchReadiness(url: string): Promise<string> {
  const { status, report } = await fetch(`${url.replace(/\/+$/, '')}/health/ready`, {
    signal: AbortSignal.timeout(timeoutMs),
  })
    .then(async (response) => ({ status: response.status, report: await response.text() }))
    .catch(() => {
      throw new RequestError(
        'The service does not answer: check --url or USER_ACTIVITY_URL, or HOST and PORT.',
      );
    });
  if (status !== 200)
    throw new RequestError(
      `The service is not ready (${status}): ${printable(report.slice(0, maxShownCharacters))}`,
    );
  return report;
}
