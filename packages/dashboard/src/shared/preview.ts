import type { Metadata } from '@user-activity/client';

const maxLength = 300;
const maxTextLength = 80;
const maxDepth = 3;

/** Returns metadata as a short text for one line, such as `ip=10.0.0.1  device.os=ios  tags=[2]`. For a list, it shows the length. */
export function preview(metadata: Metadata): string {
  const parts: string[] = [];
  let length = 0;
  const add = (value: unknown, path: string, depth: number): void => {
    if (length > maxLength) return;
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < maxDepth)
      for (const [key, part] of Object.entries(value))
        add(part, path === '' ? key : `${path}.${key}`, depth + 1);
    else {
      parts.push(`${path}=${shortText(value)}`);
      length += parts.at(-1)?.length ?? 0;
    }
  };
  add(metadata, '', 0);
  const text = parts.join('  ');
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

function shortText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  if (typeof value === 'object' && value !== null) return '{…}';
  const text = String(value);
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}
