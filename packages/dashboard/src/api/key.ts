import { signal } from '@preact/signals';

const storageName = 'user-activity.key';

/** Why the page needs a key. */
export interface KeyRequest {
  /** Whether the service refused a key, or got none. */
  readonly reason: 'missing' | 'refused';
  /** What the service said. */
  readonly detail: string;
}

/** The API key that requests have. It ends with the tab. Undefined: none. */
export const apiKey = signal<string | undefined>(stored());

/** Set while the service refuses requests for their key, so that the page asks for another one. */
export const keyRequest = signal<KeyRequest | undefined>();

/** Sets the key, or removes it. Throws TypeError if no header can hold it. */
export function setApiKey(key: string | undefined): void {
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw new TypeError('A key has only visible ASCII characters, and no spaces.');
  try {
    if (key === undefined) sessionStorage.removeItem(storageName);
    else sessionStorage.setItem(storageName, key);
  } catch {
    // Without storage, the key lasts until the page is loaded again.
  }
  keyRequest.value = undefined;
  apiKey.value = key;
}

function stored(): string | undefined {
  try {
    return sessionStorage.getItem(storageName) ?? undefined;
  } catch {
    return undefined;
  }
}
