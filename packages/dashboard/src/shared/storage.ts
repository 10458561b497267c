/** Returns the text that `localStorage` has under a name, or undefined. */
export function storedText(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Stores a text under a name in `localStorage`. Undefined removes the stored text. Does nothing if the page cannot use the storage. */
export function storeText(name: string, text: string | undefined): void {
  try {
    if (text === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
  } catch {
    // The browser allows no storage, or it is full.
  }
}
