/** Returns what the browser keeps under a name, or undefined. */
export function storedText(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a text under a name, or removes it. Without storage, nothing happens: a choice then lasts until the page is loaded again. */
export function storeText(name: string, text: string | undefined): void {
  try {
    if (text === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
  } catch {
    // The browser allows no storage, or it is full.
  }
}
