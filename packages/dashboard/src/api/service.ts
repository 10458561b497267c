import { type Signal, signal } from '@preact/signals';
import { ActivityClient } from '@user-activity/client';
import { HealthClient } from '@user-activity/client/health';
import { apiKey, askForKey } from './key.ts';
import { project } from './project.ts';

/** The URL of the service: that of the page, which a proxy may serve below a path. It has no slash at its end. */
export const serviceUrl: string = new URL('.', location.href).href.replace(/\/$/, '');

/** How far the clock of the service is ahead of the one here, in ms. Known after the first answer. */
export const clockOffsetMs: Signal<number> = signal(0);

// `Date` has whole seconds, and an answer takes a moment.
const minOffsetMs = 2000;

/** Returns the time of the service, in ms since 1970. A component that calls it renders again once that time is known better. */
export const serviceNow = (): number => Date.now() + clockOffsetMs.value;

/** Sends a request with the key. If the service refuses the key, the page asks for another one. */
async function send(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const key = apiKey.peek();
  const headers = new Headers(init.headers);
  if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
  const name = project.peek();
  if (name !== undefined) headers.set('x-project', name);
  // Tells the service that no person waits for the browser's own prompt for a password.
  headers.set('x-requested-with', 'XMLHttpRequest');
  const response = await fetch(input, { ...init, headers });
  measureClock(response);
  if (response.status === 401 && key === apiKey.peek()) askForKey(key, await detailOf(response.clone()));
  return response;
}

const connection = { url: serviceUrl, fetch: send };

/** The client with which all views read the log. */
export const service: ActivityClient = new ActivityClient(connection);

/** The client that asks how the service is. */
export const serviceHealth: HealthClient = new HealthClient(connection);

function measureClock(response: Response): void {
  const date = Date.parse(response.headers.get('date') ?? '');
  const offset = date - Date.now();
  if (Math.abs(offset - clockOffsetMs.peek()) > minOffsetMs) clockOffsetMs.value = offset;
}

async function detailOf(response: Response): Promise<string> {
  try {
    const { detail } = (await response.json()) as { detail?: unknown };
    return typeof detail === 'string' ? detail : '';
  } catch {
    return '';
  }
}
