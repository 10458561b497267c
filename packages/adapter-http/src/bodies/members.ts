import { hash } from 'node:crypto';
import { UnfitNumber } from '@user-activity/domain';
import { skipSpace } from './json-bytes.ts';

/** The members of an untrusted JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** Returns whether a value is a JSON object. `UnfitNumber` and `UnreadValue` stand for other values. */
export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof UnfitNumber) &&
  !(value instanceof UnreadValue);

export const withoutUndefined = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/**
 * Stands for a JSON value that is too large or too deep to be parsed. Holds the size of its text in bytes, and the text's SHA-256 in hex.
 */
export class UnreadValue {
  readonly bytes: number;
  readonly sha256: string;

  constructor(json: Buffer) {
    const text = json.subarray(skipSpace(json, 0), endOfText(json));
    this.bytes = text.length;
    this.sha256 = hash('sha256', text);
  }
}

function endOfText(json: Buffer): number {
  let end = json.length;
  while (end > 0 && (json[end - 1] ?? 0) <= 0x20) end -= 1;
  return end;
}
