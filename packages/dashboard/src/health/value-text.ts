import type { DeadLetter } from '@user-activity/client';

const maxLength = 4000;

/** Returns the value of a dead letter as text. It is not parsed, so that people see exactly what was sent. Long values are truncated. */
export function valueText({ value, size, omitted }: Pick<DeadLetter, 'value' | 'size' | 'omitted'>): string {
  if (omitted.includes('value')) return `The value has ${size} bytes, which are too many for this list.`;
  if (value === null) return 'The record has no value.';
  const text = 'text' in value ? value.text : `base64: ${value.base64}`;
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}
