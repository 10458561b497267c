// The rules by which the consumer of commit 9c81301 read an activity from the topic. They are a frozen copy, because a deployed consumer
// does not change with our sources. Only the text of the value is checked here.

type Members = Readonly<Record<string, unknown>>;

class RuleBroken extends Error {}

/** Returns the violations for which that consumer made the value a dead letter `unreadable`. Returns none if it stored the activity. */
export function violationsBy9c81301(value: string): readonly string[] {
  const json: unknown = JSON.parse(value);
  if (!isPlainObject(json)) return ['must be a JSON object'];
  const violations: string[] = [];
  const check = (path: string, judge: (raw: unknown) => void): void => {
    try {
      judge(json[path.slice(1)]);
    } catch (error) {
      if (!(error instanceof RuleBroken)) throw error;
      violations.push(`${path} ${error.message}`);
    }
  };
  for (const key of Object.keys(json)) if (!fields.has(key)) violations.push(`/${key} is not a known field`);
  check('/id', judgeId);
  check('/userId', judgeUser);
  check('/type', judgeType);
  check('/metadata', judgeMetadata);
  check('/createdAt', judgeTime);
  check('/receivedAt', judgeTime);
  return violations;
}

const fields: ReadonlySet<string> = new Set(['id', 'userId', 'type', 'metadata', 'createdAt', 'receivedAt']);
const reserved: ReadonlySet<string> = new Set(['count', 'stats', 'export', 'stream', 'batch']);

function judgeId(raw: unknown): void {
  if (typeof raw !== 'string') throw new RuleBroken('must be a string');
  if (!/^[\x21-\x7e]{1,128}$/.test(raw))
    throw new RuleBroken('must be 1-128 printable ASCII characters without space');
  if (/^\.+$/.test(raw)) throw new RuleBroken('must not be only dots');
  if (reserved.has(raw))
    throw new RuleBroken(`must not be one of the reserved words ${[...reserved].join(', ')}`);
}

function judgeUser(raw: unknown): void {
  const text = wellFormedText(raw).trim();
  if (text === '' || Array.from(text).length > 256)
    throw new RuleBroken('must be 1-256 characters after trimming');
  if (/\p{Cc}/u.test(text)) throw new RuleBroken('must not contain control characters');
  if (text === '.' || text === '..') throw new RuleBroken('must not be "." or ".."');
}

function judgeType(raw: unknown): void {
  const joined = wellFormedText(raw)
    .trim()
    .replaceAll(/[\s-]+/gu, '_');
  const canonical = joined.normalize('NFC').toUpperCase().normalize('NFC');
  if (canonical === '' || Array.from(canonical).length > 128)
    throw new RuleBroken('must be 1-128 characters');
  if (/[^\p{L}\p{M}\p{Nd}_.:/]/u.test(canonical))
    throw new RuleBroken('must consist of letters, marks, digits and _ . : / (white space and - become _)');
}

function judgeMetadata(raw: unknown): void {
  if (!isPlainObject(raw)) throw new RuleBroken('must be a JSON object');
  if (new TextEncoder().encode(JSON.stringify(raw)).length > 16_384)
    throw new RuleBroken('must be at most 16384 bytes as UTF-8 of its JSON');
  judgeValue(raw, 1);
}

function judgeValue(value: unknown, level: number): void {
  if (typeof value === 'string') wellFormedText(value);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RuleBroken('must be a number that fits a double');
  if (typeof value !== 'object' || value === null) return;
  if (level > 16) throw new RuleBroken('must not be nested deeper than 16 levels');
  for (const [key, member] of Object.entries(value)) {
    if (!Array.isArray(value)) judgeKey(key, member);
    judgeValue(member, level + 1);
  }
}

function judgeKey(key: string, member: unknown): void {
  if (key === '__proto__') throw new RuleBroken('must not be a key');
  if (key === 'constructor' && isPlainObject(member) && Object.hasOwn(member, 'prototype'))
    throw new RuleBroken('must not hold "prototype"');
  if (key.includes('\0')) throw new RuleBroken('must not have U+0000 in its key');
  if (!key.isWellFormed())
    throw new RuleBroken('must have a key of well-formed Unicode (it has an unpaired surrogate)');
}

/** Accepts times in the form in which that version wrote them. The version itself could also read other RFC 3339 times. */
function judgeTime(raw: unknown): void {
  if (typeof raw !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(raw))
    throw new RuleBroken('must be an RFC 3339 date-time such as 2026-11-24T08:30:00Z');
}

function wellFormedText(raw: unknown): string {
  if (raw === undefined) throw new RuleBroken('is required');
  if (typeof raw !== 'string') throw new RuleBroken('must be a string');
  if (!raw.isWellFormed()) throw new RuleBroken('must be well-formed Unicode (it has an unpaired surrogate)');
  return raw;
}

const isPlainObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
