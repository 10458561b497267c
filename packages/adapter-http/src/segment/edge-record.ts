import { createHash } from 'node:crypto';
import { edgeTopic, type OriginalRecord, unlessBroken, UserId } from '@user-activity/domain';
import { isMembers } from './members.ts';

/**
 * What a dead letter keeps of a call that was refused: its JSON, under an origin that is derived from it, as it has none on the log:
 * partition and offset are the first 31 and the next 53 bits of the SHA-256. So a retry is the same letter. What changes with a
 * retry, `sentAt`, does not count; `writeKey` is a key of this API, and is not kept. The user is the key, where there is one.
 */
export function edgeRecord(call: unknown, userId: unknown): OriginalRecord {
  const { writeKey: _secret, ...kept } = isMembers(call) ? call : {};
  const { sentAt: _changing, ...said } = kept;
  const user = unlessBroken(() => UserId.parse(userId));
  const digest = createHash('sha256')
    .update(isMembers(call) ? jsonOf(said) : jsonOf(call))
    .digest();
  return {
    origin: {
      topic: edgeTopic,
      partition: digest.readUInt32BE(0) >>> 1,
      offset: Number(digest.readBigUInt64BE(4) >> 11n),
    },
    key: user === undefined ? null : Buffer.from(user),
    value: Buffer.from(isMembers(call) ? jsonOf(kept) : jsonOf(call)),
    headers: {},
  };
}

/** The value as JSON. Of one that is nested deeper than V8 can write, the members that it can: nobody has a use for the others. */
function jsonOf(value: unknown): string {
  const written = jsonIn(value);
  if (written !== undefined) return written;
  const members = Object.entries(isMembers(value) ? value : {});
  return JSON.stringify(Object.fromEntries(members.filter(([, member]) => jsonIn(member) !== undefined)));
}

function jsonIn(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
