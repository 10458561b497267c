import { type Signal, signal } from '@preact/signals';
import { ActivityClient } from '@user-activity/client';
import { HealthClient } from '@user-activity/client/health';
import { apiKey, askForKey } from './key.ts';
import { project } from './project.ts';

/** The URL of the service, without a slash at its end. The service serves this page, so it is the folder of the page's URL. */
export const serviceUrl: string = new URL('.', location.href).href.replace(/\/$/, '');

/** How far the clock of the service is ahead of the browser's clock, in ms. 0 until the first answer. */
export const clockOffsetMs: Signal<number> = signal(0);

// Smaller changes of the offset are ignored: the header `Date` has only whole seconds, and an answer takes time to arrive.
const minChangeMs = 2000;

/** Returns the time of the service, in ms since 1970. A component that calls it renders again when the clock offset changes. */
export const serviceNow = (): number => Date.now() + clockOffsetMs.value;

/** Sends a request with the key and the project of the page. If the service refuses the key, the page asks for another one. */
async function send(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const key = apiKey.peek();
  const headers = new Headers(init.headers);
  if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
  const name = project.peek();
  if (name !== undefined) headers.set('x-project', name);
  // With this header, the service does not make the browser show a password prompt.
  headers.set('x-requested-with', 'XMLHttpRequest');
  const response = await fetch(input, { ...init, headers });
  measureClock(response);
  if (response.status === 401 && key === apiKey.peek()) askForKey(key, await detailOf(response.clone()));
  return response;
}

const connection = { url: serviceUrl, fetch: send };

/** The client that all views use to read the log. */
export const service: ActivityClient = new ActivityClient(connection);

/** The client that reads the health of the service. */
export const serviceHealth: HealthClient = new HealthClient(connection);

function measureClock(response: Response): void {
  const date = Date.parse(response.headers.get('date') ?? '');
  const offset = date - Date.now();
  if (Math.abs(offset - clockOffsetMs.peek()) > minChangeMs) clockOffsetMs.value = offset;
}

async function detailOf(response: Response): Promise<string> {
  try {
    const { detail } = (await response.json()) as { detail?: unknown };
    return typeof detail === 'string' ? detail : '';
  } catch {
    return '';
  }
}
