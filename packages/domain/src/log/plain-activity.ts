import { ActivityId } from '../activity/activity-id.ts';
import { ActivityType } from '../activity/activity-type.ts';
import { Metadata } from '../activity/metadata.ts';
import { recordedProject } from '../activity/recorded-project.ts';
import { Timestamp } from '../activity/timestamp.ts';
import { UserActivity } from '../activity/user-activity.ts';
import { UserId } from '../activity/user-id.ts';
import { isPlainObject, type JsonObject, type JsonValue } from '../shared/json.ts';
import { parseJson } from '../shared/parse-json.ts';
import { RuleBroken } from '../shared/violation.ts';
import { CanonicalTimes } from './canonical-time.ts';

// Metadata takes at most 6 times as many bytes as the text has UTF-16 code units: `1e20` is written as 21 digits. So a text of this length
// keeps the limit of 256 KiB.
const maxLength = 32 * 1024;
const maxLevels = 16;
const times = new CanonicalTimes();

/**
 * Makes an activity from its JSON as `UserActivity.parse` does, in 1.5 µs instead of 4.5 µs. `JSON.parse` takes 0.9 µs of both. Metadata is
 * not copied or measured, and nothing is collected for a report. Returns undefined if the text is not as the service writes nearly every
 * activity. Then the full rules decide, which also find each violation.
 */
export function plainActivity(text: string): UserActivity | undefined {
  // Without a backslash, each key and string is a part of the text. So it is well-formed, and has no U+0000.
  if (text.length > maxLength || text.includes('\\') || !text.isWellFormed()) return undefined;
  try {
    const members: unknown = parseJson(text);
    if (!isPlainObject(members)) return undefined;
    const { id, userId, type, metadata, createdAt, receivedAt } = members;
    if (!isPlainMetadata(metadata)) return undefined;
    return UserActivity.rehydrate({
      project: recordedProject(members),
      id: ActivityId.parse(id),
      userId: UserId.parse(userId),
      type: ActivityType.parse(type),
      metadata: Metadata.trusted(metadata),
      createdAt: times.read(createdAt) ?? Timestamp.parse(createdAt),
      receivedAt: times.read(receivedAt) ?? Timestamp.parse(receivedAt),
    });
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RuleBroken) return undefined;
    throw error;
  }
}

/** Returns whether the value, which is the result of `parseJson` for a text without an escape, is metadata that `Metadata.parse` would return unchanged. */
const isPlainMetadata = (value: unknown): value is JsonObject =>
  isPlainObject(value) && isPlain(value as JsonObject, 1);

function isPlain(value: JsonValue, level: number): boolean {
  // The rules make 0 of -0, and refuse a number that no double holds.
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return true;
  if (level > maxLevels) return false;
  if (isList(value)) {
    for (const item of value) if (!isPlain(item, level + 1)) return false;
    return true;
  }
  for (const key in value) {
    // The rules refuse `__proto__`, and `prototype` within `constructor`.
    if (key === '__proto__' || key === 'prototype') return false;
    if (!isPlain(value[key] ?? null, level + 1)) return false;
  }
  return true;
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
