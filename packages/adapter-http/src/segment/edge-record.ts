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
 * Makes the record that a dead letter keeps of a refused call: the JSON of the call, and the user as the key, if there is one.
 *
 * The call never was on the log, so its origin is made from the SHA-256 of the JSON: the first 31 bits are the partition, and the next 53
 * the offset. A retry has the same origin, because `sentAt`, which changes with a retry, does not count. `writeKey`, a key of this API, is
 * not kept, and stars replace keys in other places. JSON above `maxEdgeValueBytes` is kept without `sentAt`; if it is still too large, its
 * beginning is kept, with the size and the SHA-256 of the whole.
 */
export function edgeRecord(call: unknown, userId: unknown, mask: KeyMask): OriginalRecord {
  const { writeKey: _secret, ...kept } = isMembers(call) ? call : {};
  const { sentAt, ...content } = kept;
  // Throwing takes longer than all the rest, and many calls name no user.
  const user = userId === undefined ? undefined : unlessBroken(() => UserId.parse(userId));
  const json = jsonOf(isMembers(call) ? content : call);
  const digest = sha256(json);
  const record = {
    origin: originOf(digest),
    key: user === undefined ? null : Buffer.from(user),
    headers: {},
  };
  const size = Buffer.byteLength(json);
  if (size > maxEdgeValueBytes) {
    // A character has at least one byte, so the rest of the text is not needed.
    const value = Buffer.from(mask.beginningOf(json, maxEdgeValueBytes + 1));
    return beginningOf({ ...record, value }, { size, sha256: digest.toString('hex') });
  }
  const whole = sentAt === undefined ? json : jsonOf(kept);
  const shown = Buffer.byteLength(whole) > maxEdgeValueBytes ? json : whole;
  return { ...record, value: Buffer.from(mask.beginningOf(shown, shown.length)) };
}

/** Makes the record of a call too large to be parsed. Its bytes may hold a `writeKey`, which only a parser can leave out. */
export function recordWithoutBytes(call: Buffer): OriginalRecord {
  const digest = sha256(call);
  const record = { origin: originOf(digest), key: null, value: null, headers: {} };
  return beginningOf(record, { size: call.length, sha256: digest.toString('hex') });
}

const sha256 = (content: string | Buffer): Buffer => createHash('sha256').update(content).digest();

function originOf(digest: Buffer): OriginalRecord['origin'] {
  return {
    topic: edgeTopic,
    partition: digest.readUInt32BE(0) >>> 1,
    offset: Number(digest.readBigUInt64BE(4) >> 11n),
  };
}

/** The value as JSON, without members that are deeper than 1,000 levels. */
function jsonOf(value: unknown): string {
  if (!isMembers(value)) return shallowJson(value) ?? '{}';
  const members = Object.entries(value).flatMap(([key, member]) => {
    const json = shallowJson(member);
    return json === undefined ? [] : [`${JSON.stringify(key)}:${json}`];
  });
  return `{${members.join()}}`;
}
