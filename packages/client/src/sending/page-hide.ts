/** The members of the browser's `document` that this file uses. The types of Node do not include them. */
interface PageDocument {
  readonly visibilityState: string;
  addEventListener(
    type: 'visibilitychange',
    listener: () => void,
    options: { readonly signal: AbortSignal },
  ): void;
}

/**
 * Calls `callBack` each time the page is hidden, also when the user leaves it, until the signal is aborted. On a phone, a page may get no
 * other event before it ends. Returns true if this program runs in a page.
 */
export function onPageHide(callBack: () => void, signal: AbortSignal): boolean {
  const page = (globalThis as { readonly document?: PageDocument }).document;
  const listener = (): void => {
    if (page?.visibilityState === 'hidden') callBack();
  };
  page?.addEventListener('visibilitychange', listener, { signal });
  return page !== undefined;
}
