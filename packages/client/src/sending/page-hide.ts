/** The part of a document that tells that the user leaves it. Node has no types for it. */
interface PageDocument {
  readonly visibilityState: string;
  addEventListener(
    type: 'visibilitychange',
    listener: () => void,
    options: { readonly signal: AbortSignal },
  ): void;
}

/**
 * Calls back when the user leaves the page, or hides it: on a phone, nothing else may come afterwards. The signal ends it. Returns whether
 * this program runs in a page.
 */
export function onPageHide(callBack: () => void, signal: AbortSignal): boolean {
  const page = (globalThis as { readonly document?: PageDocument }).document;
  const listener = (): void => {
    if (page?.visibilityState === 'hidden') callBack();
  };
  page?.addEventListener('visibilitychange', listener, { signal });
  return page !== undefined;
}
