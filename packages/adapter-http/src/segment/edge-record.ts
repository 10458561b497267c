import { hash } from 'node:crypto';
import {
  beginningOf,
  edgeTopic,
  headersOfEdge,
  maxEdgeValueBytes,
  type OriginalRecord,
  ProjectId,
  type Sender,
  unlessBroken,
  UserId,
} from '@user-activity/domain';
import { isMembers } from '../bodies/members.ts';
import type { CallSettings } from './call-metadata.ts';
import { stringifyShallow } from './whole-json.ts';

/**
 * Makes the record that a dead letter keeps of a refused call: the JSON of the call, and the user as the key, if the call names one.
 *
 * The log never held the call, so its origin is made from a digest instead: the first 31 bits are the partition, and 53 later bits are the
 * offset. The digest is the SHA-256 of the JSON without `sentAt`, which changes with each retry, so that a retry gets the same origin. In a
 * project other than `default`, the name of the project is hashed too, so that equal calls in two projects are two letters. With a public
 * key, the key's id is hashed too, so that nobody can replace the letter of another sender.
 *
 * The record leaves out `writeKey`, which is an API key, and `keyMask` replaces API keys in other members. JSON above `maxEdgeValueBytes`
 * is kept without `sentAt`. If the JSON is still too large, the record holds its beginning, size and SHA-256.
 */
export function makeEdgeRecord(
  call: unknown,
  userId: unknown,
  { sender, keyMask }: Pick<CallSettings, 'sender' | 'keyMask'>,
): OriginalRecord {
  const { writeKey: _secret, ...keptMembers } = isMembers(call) ? call : {};
  const { sentAt, ...content } = keptMembers;
  // An absent user is not parsed, because a failed parse is slow, and many calls name no user.
  const user = userId === undefined ? undefined : unlessBroken(() => UserId.parse(userId));
  const json = jsonOf(isMembers(call) ? content : call);
  const [size, sha256] = [Buffer.byteLength(json), hash('sha256', json)];
  const key = user === undefined ? null : Buffer.from(user);
  const record = { origin: originOf(sender, sha256), key, headers: headersOfEdge(sender) };
  if (size > maxEdgeValueBytes) {
    // A character has at least one byte, so these characters have more than `maxEdgeValueBytes` bytes.
    const value = Buffer.from(keyMask.beginningOf(json, maxEdgeValueBytes + 1));
    return beginningOf({ ...record, value }, { size, sha256 });
  }
  const jsonWithSentAt = sentAt === undefined ? json : jsonOf(keptMembers);
  const storedJson = Buffer.byteLength(jsonWithSentAt) > maxEdgeValueBytes ? json : jsonWithSentAt;
  return { ...record, value: Buffer.from(keyMask.beginningOf(storedJson, storedJson.length)) };
}

/**
 * Makes the record of a call that is too large to be parsed. It holds no bytes of the call, because only a parser could remove the
 * `writeKey`.
 */
export function makeRecordWithoutBytes(call: Buffer, sender: Sender): OriginalRecord {
  const sha256 = hash('sha256', call);
  const record = { origin: originOf(sender, sha256), key: null, value: null, headers: headersOfEdge(sender) };
  return beginningOf(record, { size: call.length, sha256 });
}

function originOf({ project, publicKey }: Sender, sha256: string): OriginalRecord['origin'] {
  const owner = publicKey === undefined ? project : `${project} ${publicKey}`;
  const digest = owner === ProjectId.default ? sha256 : hash('sha256', `${owner} ${sha256}`);
  return {
    topic: edgeTopic,
    partition: Number.parseInt(digest.slice(0, 8), 16) >>> 1,
    offset: Number(BigInt(`0x${digest.slice(8, 24)}`) >> 11n),
  };
}

/** Returns the value as JSON, without members of more than 1,000 levels. */
function jsonOf(value: unknown): string {
  if (!isMembers(value)) return stringifyShallow(value) ?? '{}';
  const members = Object.entries(value).flatMap(([key, member]) => {
    const json = stringifyShallow(member);
    return json === undefined ? [] : [`${JSON.stringify(key)}:${json}`];
  });
  return `{${members.join()}}`;
}
