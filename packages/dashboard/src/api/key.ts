import { batch, signal } from '@preact/signals';

const storageName = 'user-activity.key';

/** Why the page needs a key. */
export interface KeyRequest {
  /** `missing`: a request had no key. `refused`: the service refused it. `chosen`: the person wants to change it. */
  readonly reason: 'missing' | 'refused' | 'chosen';
  /** What the service said. */
  readonly detail: string;
}

/** The API key that requests have. It ends with the tab. Undefined: none. */
export const apiKey = signal<string | undefined>(stored());

/**
 * The number of times that a key was entered or forgotten. Views load their data again when it changes, and no longer show what they had: the
 * same key may have other scopes now.
 */
export const keyVersion = signal(0);

/** Set while the service refuses requests for their key, so that the page asks for another one. */
export const keyRequest = signal<KeyRequest | undefined>();

/** The refused keys for which the page has asked already. Undefined stands for requests without a key. */
const asked: Set<string | undefined> = new Set();

/** Asks for another key, but only once for each that is refused: several requests have it, and the dialog may be closed. */
export function askForKey(refused: string | undefined, detail: string): void {
  if (asked.has(refused)) return;
  asked.add(refused);
  keyRequest.value = { reason: refused === undefined ? 'missing' : 'refused', detail };
}

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
  asked.clear();
  batch(() => {
    keyRequest.value = undefined;
    apiKey.value = key;
    keyVersion.value += 1;
  });
}

function stored(): string | undefined {
  try {
    return sessionStorage.getItem(storageName) ?? undefined;
  } catch {
    return undefined;
  }
}
