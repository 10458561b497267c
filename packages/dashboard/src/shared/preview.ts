import type { Metadata } from '@user-activity/client';

const maxLength = 300;
const maxTextLength = 80;

/** Returns a short text of metadata, for one line: `ip=10.0.0.1 device={os, version}`. */
export function preview(metadata: Metadata): string {
  let text = '';
  for (const [key, value] of Object.entries(metadata)) {
    text += `${text === '' ? '' : '  '}${key}=${shortText(value)}`;
    if (text.length > maxLength) return `${text.slice(0, maxLength)}…`;
  }
  return text;
}

function shortText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  if (typeof value === 'object' && value !== null) return `{${Object.keys(value).slice(0, 8).join(', ')}}`;
  const text = String(value);
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}
