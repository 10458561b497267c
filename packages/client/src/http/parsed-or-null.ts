/** Parses JSON. Returns null if it is none. */
export function parsedOrNull(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
