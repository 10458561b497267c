/** More lines would make the page slow. */
const maxLines = 1000;
/** Deeper levels, and longer texts, are in the copy as JSON. */
const maxDepth = 16;
const maxText = 4000;
/** Node's HTTP server takes at most 16 KiB of a URL and headers together. */
const maxConditionLength = 8000;

/** A line of formatted metadata: one value, or the beginning of an object or a list. */
export interface MetadataLine {
  /** The key, or the index in a list. */
  readonly name: string;
  readonly depth: number;
  readonly kind: 'object' | 'text' | 'number' | 'word';
  /** What is shown. Long texts are cut. */
  readonly text: string;
  /** The whole value, as a filter on it needs it. */
  readonly value: string;
  /** The path of a filter on this value. Undefined: none can be made. */
  readonly path: string | undefined;
}

/** Returns the lines of metadata, and whether some are missing. */
export function metadataLines(metadata: object): {
  readonly lines: readonly MetadataLine[];
  readonly isCut: boolean;
} {
  const lines: MetadataLine[] = [];
  const add = (value: unknown, name: string, depth: number, path: string | undefined): void => {
    if (lines.length > maxLines) return;
    if (typeof value !== 'object' || value === null) {
      const shown = leaf(value);
      lines.push({ name, depth, ...shown, path: canFilter(path, shown.value) ? path : undefined });
      return;
    }
    const entries = Object.entries(value);
    const size = Array.isArray(value) ? `[${entries.length}]` : entries.length === 0 ? '{}' : '';
    lines.push({ name, depth, kind: 'object', text: size, value: size, path: undefined });
    if (depth >= maxDepth) return;
    // A filter looks at each element of a list, so the index is no part of its path.
    for (const [key, part] of entries)
      add(
        part,
        key,
        depth + 1,
        path === undefined || Array.isArray(value) ? path : `${path}.${escaped(key)}`,
      );
  };
  for (const [key, value] of Object.entries(metadata)) add(value, key, 0, escaped(key));
  return { lines: lines.slice(0, maxLines), isCut: lines.length > maxLines };
}

/** Returns whether a request can hold a condition: HTTP limits its size, and an unpaired surrogate has no encoding. */
const canFilter = (path: string | undefined, value: string): boolean =>
  path !== undefined &&
  `${path}${value}`.isWellFormed() &&
  String(new URLSearchParams([[path, value]])).length <= maxConditionLength;

const escaped = (key: string): string => key.replaceAll(/[.\\]/g, String.raw`\$&`);

function leaf(value: unknown): Pick<MetadataLine, 'kind' | 'text' | 'value'> {
  if (typeof value !== 'string')
    return { kind: typeof value === 'number' ? 'number' : 'word', text: String(value), value: String(value) };
  return { kind: 'text', text: value.length > maxText ? `${value.slice(0, maxText)}…` : value, value };
}
