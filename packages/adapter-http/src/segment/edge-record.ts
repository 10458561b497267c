import { createHash } from 'node:crypto';
import {
  beginningOf,
  edgeTopic,
  maxEdgeValueBytes,
  type OriginalRecord,
  unlessBroken,
  UserId,
} from '@user-activity/domain';
import { isMembers } from '../bodies/members.ts';
import type { KeyMask } from './key-mask.ts';
import { shallowJson } from './whole-json.ts';

/**
 * What a dead letter keeps of a call that was refused: its JSON, under an origin that is derived from it, as it has none on the log:
 * partition and offset are the first 31 and the next 53 bits of the SHA-256. So a retry is the same letter. What changes with a
 * retry, `sentAt`, does not count; `writeKey` is a key of this API, and is not kept; stars stand for a key in other places. The user is
 * the key of the record, where there is one.
 * JSON above `maxEdgeValueBytes` goes without `sentAt`; if it is still too large, its beginning is kept, with the size and the
 * SHA-256 of the whole.
 */
export function edgeRecord(call: unknown, userId: unknown, mask: KeyMask): OriginalRecord {
  const { writeKey: _secret, ...kept } = isMembers(call) ? call : {};
  const { sentAt, ...said } = kept;
  // Faults take longer than all the rest, and many calls name no user.
  const user = userId === undefined ? undefined : unlessBroken(() => UserId.parse(userId));
  const json = jsonOf(isMembers(call) ? said : call);
  const digest = sha256(json);
  const record = {
    origin: originOf(digest),
    key: user === undefined ? null : Buffer.from(user),
    headers: {},
  };
  const size = Buffer.byteLength(json);
  if (size > maxEdgeValueBytes) {
    // A character is a byte at least: the rest of the text would be copied to be cut off.
    const value = Buffer.from(mask.beginningOf(json, maxEdgeValueBytes + 1));
    return beginningOf({ ...record, value }, { size, sha256: digest.toString('hex') });
  }
  const whole = sentAt === undefined ? json : jsonOf(kept);
  const shown = Buffer.byteLength(whole) > maxEdgeValueBytes ? json : whole;
  return { ...record, value: Buffer.from(mask.beginningOf(shown, shown.length)) };
}

/**
 * What a dead letter keeps of a call that is too large to be parsed: its size and its SHA-256, under an origin that is derived from
 * them. Its beginning is not kept, as it may hold a `writeKey`, which only a parser can leave out.
 */
export function recordWithoutBytes(call: Buffer): OriginalRecord {
  const digest = sha256(call);
  const record = { origin: originOf(digest), key: null, value: null, headers: {} };
  return beginningOf(record, { size: call.length, sha256: digest.toString('hex') });
}

const sha256 = (said: string | Buffer): Buffer => createHash('sha256').update(said).digest();

function originOf(digest: Buffer): OriginalRecord['origin'] {
  return {
    topic: edgeTopic,
    partition: digest.readUInt32BE(0) >>> 1,
    offset: Number(digest.readBigUInt64BE(4) >> 11n),
  };
}

/** The value as JSON. Of a call that is nested deeper than 1000 levels, the members that are not: nobody has a use for the others. */
function jsonOf(value: unknown): string {
  if (!isMembers(value)) return shallowJson(value) ?? '{}';
  const members = Object.entries(value).flatMap(([key, member]) => {
    const json = shallowJson(member);
    return json === undefined ? [] : [`${JSON.stringify(key)}:${json}`];
  });
  return `{${members.join()}}`;
}
