import { batch, signal } from '@preact/signals';

const storageName = 'user-activity.key';

/** Why the page asks the person for an API key. */
export interface KeyRequest {
  /** `missing`: the service refused a request without a key. `refused`: it refused the key. `chosen`: the person wants to change the key. */
  readonly reason: 'missing' | 'refused' | 'chosen';
  /** Why the service refused the request, in its own words. Empty if it gave no reason. */
  readonly detail: string;
}

/** The API key that the page sends with its requests. It is kept until the tab is closed. Undefined: requests have no key. */
export const apiKey = signal<string | undefined>(storedKey());

/**
 * The number of times that a key was entered or forgotten. When it changes, views discard their data and load it again, because the new key
 * may not be allowed to read the same. Entering the same key counts, too: its scopes may have changed.
 */
export const keyVersion = signal(0);

/** While this is set, the page shows a dialog that asks for a key. */
export const keyRequest = signal<KeyRequest | undefined>();

/** The refused keys after which the page has already asked for another one. Undefined stands for a request without a key. */
const promptedKeys: Set<string | undefined> = new Set();

/**
 * Asks for another key after `refused` was refused, but only once for each refused key. Several requests may fail with the same key, and
 * somebody who has closed the dialog must not see it again.
 */
export function askForKey(refused: string | undefined, detail: string): void {
  if (promptedKeys.has(refused)) return;
  promptedKeys.add(refused);
  keyRequest.value = { reason: refused === undefined ? 'missing' : 'refused', detail };
}

/** Sets the key, or removes it if it is undefined. Throws TypeError if it has characters that a header cannot hold. */
export function setApiKey(key: string | undefined): void {
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw new TypeError('A key can have only visible ASCII characters, and no spaces.');
  try {
    if (key === undefined) sessionStorage.removeItem(storageName);
    else sessionStorage.setItem(storageName, key);
  } catch {
    // Without storage, the key lasts until the page is loaded again.
  }
  promptedKeys.clear();
  batch(() => {
    keyRequest.value = undefined;
    apiKey.value = key;
    keyVersion.value += 1;
  });
}

function storedKey(): string | undefined {
  try {
    return sessionStorage.getItem(storageName) ?? undefined;
  } catch {
    return undefined;
  }
}
