/** More lines would make the page slow. The button "Copy as JSON" copies the metadata without these limits. */
const maxLines = 1000;
const maxDepth = 16;
/** In characters. */
const maxText = 4000;
/** In characters. Node's HTTP server accepts at most 16 KiB for a URL and all headers together. */
const maxConditionLength = 8000;

/** A line of formatted metadata: one value, or the first line of an object or a list. */
export interface MetadataLine {
  /** The key, or the index in a list. */
  readonly name: string;
  readonly depth: number;
  readonly kind: 'object' | 'text' | 'number' | 'word';
  /** The text to show. Long texts are truncated. */
  readonly text: string;
  /** The whole value as text, for a filter. */
  readonly value: string;
  /** The path for a filter by this value. Undefined if such a filter is not possible. */
  readonly path: string | undefined;
}

/** Returns the lines of metadata. `isTruncated` is true if there are more lines than the limit. */
export function metadataLines(metadata: object): {
  readonly lines: readonly MetadataLine[];
  readonly isTruncated: boolean;
} {
  const lines: MetadataLine[] = [];
  const add = (value: unknown, name: string, depth: number, path: string | undefined): void => {
    if (lines.length > maxLines) return;
    if (typeof value !== 'object' || value === null) {
      const shown = formatLeaf(value);
      lines.push({ name, depth, ...shown, path: canFilter(path, shown.value) ? path : undefined });
      return;
    }
    const entries = Object.entries(value);
    const size = Array.isArray(value) ? `[${entries.length}]` : entries.length === 0 ? '{}' : '';
    lines.push({ name, depth, kind: 'object', text: size, value: size, path: undefined });
    if (depth >= maxDepth) return;
    // A filter matches any element of a list, so its path does not contain the index.
    for (const [key, part] of entries)
      add(
        part,
        key,
        depth + 1,
        path === undefined || Array.isArray(value) ? path : `${path}.${escapeKey(key)}`,
      );
  };
  for (const [key, value] of Object.entries(metadata)) add(value, key, 0, escapeKey(key));
  return { lines: lines.slice(0, maxLines), isTruncated: lines.length > maxLines };
}

/** Returns true if a URL can contain the filter: it must not be too long, and UTF-8 cannot encode unpaired surrogates. */
const canFilter = (path: string | undefined, value: string): boolean =>
  path !== undefined &&
  `${path}${value}`.isWellFormed() &&
  String(new URLSearchParams([[path, value]])).length <= maxConditionLength;

/** Escapes dots and backslashes in a key, because dots separate the keys of a path. */
const escapeKey = (key: string): string => key.replaceAll(/[.\\]/g, String.raw`\$&`);

function formatLeaf(value: unknown): Pick<MetadataLine, 'kind' | 'text' | 'value'> {
  if (typeof value !== 'string')
    return { kind: typeof value === 'number' ? 'number' : 'word', text: String(value), value: String(value) };
  return { kind: 'text', text: value.length > maxText ? `${value.slice(0, maxText)}…` : value, value };
}
