/** The part of a document that tells that the user leaves it. Node has no types for it. */
interface PageDocument {
  readonly visibilityState: string;
  addEventListener(type: 'visibilitychange', listener: () => void): void;
  removeEventListener(type: 'visibilitychange', listener: () => void): void;
}

/** The document of the page in which this program runs, or undefined elsewhere. */
const pageDocument = (): PageDocument | undefined =>
  (globalThis as { readonly document?: PageDocument }).document;

/** Whether this program runs in a page. */
export const isPage = (): boolean => pageDocument() !== undefined;

/**
 * Calls back when the user leaves the page, or hides it: on a phone, nothing else may come afterwards. Returns a function that ends it.
 */
export function onPageHide(callBack: () => void): () => void {
  const page = pageDocument();
  if (page === undefined) return () => {};
  const listener = (): void => {
    if (page.visibilityState === 'hidden') callBack();
  };
  page.addEventListener('visibilitychange', listener);
  return () => page.removeEventListener('visibilitychange', listener);
}
