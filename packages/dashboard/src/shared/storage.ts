/** Returns the text that `localStorage` has under a name, or undefined. */
export function storedText(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Stores a text in `localStorage`, or removes it if it is undefined. Does nothing if the page cannot use the storage. */
export function storeText(name: string, text: string | undefined): void {
  try {
    if (text === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
  } catch {
    // The browser allows no storage, or it is full.
  }
}
