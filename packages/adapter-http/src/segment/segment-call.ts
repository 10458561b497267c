import { type Call, FaultyDraft, type MendedDraft } from '@user-activity/application';
import { pointer } from '@user-activity/domain';
import type { OversizedItem } from '../bodies/batch-items.ts';
import { isMembers, type Members } from '../bodies/members.ts';
import { type CallDetails, makeCallMetadata, type CallSettings, withOriginals } from './call-metadata.ts';
import { makeEdgeRecord, makeRecordWithoutBytes } from './edge-record.ts';
import { idIn, type ReadMember, timeIn, typeIn, userFaults, userIn } from './mended-fields.ts';
import { type Original, originalOf } from './originals.ts';

/** The calls of the Segment HTTP API, https://segment.com/docs/connections/spec/. */
export const segmentCalls = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;

export type SegmentCall = (typeof segmentCalls)[number];

/**
 * Reads an item of a batch as a call. Its `type` is the kind of the call, by default track. An unknown kind becomes the type of the
 * activity.
 */
export function callOfItem(item: unknown, settings: CallSettings): Call {
  if (!isMembers(item)) return nonObjectCall(item, settings);
  const type = nullAsUndefined(item['type']);
  const name = typeof type === 'string' ? type.trim().toLowerCase() : type;
  const kind = name === undefined || name === '' ? 'track' : segmentCalls.find((known) => known === name);
  return callOf(kind ?? 'other', item, settings);
}

/** Reads the body of a route as a call of the route's kind. Ignores the member `type`. */
export const callOfBody = (kind: SegmentCall, body: unknown, settings: CallSettings): Call =>
  isMembers(body) ? callOf(kind, { ...body, type: kind }, settings) : nonObjectCall(body, settings);

/** Makes a call in which valid values replace all values that break a rule. Uses no clock, so that equal calls become equal activities. */
function callOf(kind: SegmentCall | 'other', members: Members, settings: CallSettings): Call {
  const read: ReadMember = (name) => nullAsUndefined(members[name]);
  const user = userIn(read);
  if (user === undefined)
    return faultyCall(idIn(read, settings.sender).value, new FaultyDraft(userFaults(read)), () =>
      makeEdgeRecord(members, undefined, settings),
    );
  const [id, time] = [idIn(read, settings.sender), timeIn(read)];
  const type =
    kind === 'track' || kind === 'other'
      ? typeIn(read, kind === 'track' ? 'event' : 'type')
      : { value: kind.toUpperCase(), originals: [] };
  const metadata = makeCallMetadata(detailsOf(kind, read, user.member), settings);
  const originals = [user, id, type, time, metadata].flatMap((field) => field.originals);
  const draftOf = (shownOriginals: readonly Original[], createdAt?: string): MendedDraft => {
    const { value, losses } = withOriginals(metadata, shownOriginals);
    const fields = { id: id.value, userId: user.value, type: type.value, createdAt };
    return { activity: { ...fields, metadata: value }, losses };
  };
  return {
    id: id.value,
    draft: draftOf(originals, time.value),
    timePath: pointer('', time.member),
    undated: () => draftOf([...originals, originalOf(time.member, read(time.member))]),
    original: () => makeEdgeRecord(members, user.value, settings),
  };
}

/** Returns the members that become metadata. Identify and group calls usually have `traits`, and the other kinds `properties`. */
function detailsOf(kind: SegmentCall | 'other', read: ReadMember, userMember: string): CallDetails {
  const [usualName, unusualName] =
    kind === 'identify' || kind === 'group' ? ['traits', 'properties'] : ['properties', 'traits'];
  const name = read(usualName) === undefined && read(unusualName) !== undefined ? unusualName : usualName;
  return {
    propertiesName: name,
    properties: read(name),
    others: {
      name: read('name'),
      category: read('category'),
      groupId: read('groupId'),
      previousId: read('previousId'),
      event: kind === 'track' || kind === 'other' ? read('event') : undefined,
      anonymousId: userMember === 'userId' ? read('anonymousId') : undefined,
      ...(name === usualName ? { [unusualName]: read(unusualName) } : {}),
    },
    context: read('context'),
  };
}

/** Rejects a call that is too large to be parsed. Its dead letter holds only its size and SHA-256. */
export const oversizedCall = (item: OversizedItem, { sender }: Pick<CallSettings, 'sender'>): Call =>
  faultyCall(undefined, item, () => makeRecordWithoutBytes(item.bytes, sender));

const nonObjectCall = (item: unknown, settings: CallSettings): Call =>
  faultyCall(undefined, new FaultyDraft([{ path: '', message: 'must be a JSON object' }]), () =>
    makeEdgeRecord(item, undefined, settings),
  );

const faultyCall = (id: unknown, draft: FaultyDraft, original: Call['original']): Call => ({
  id,
  draft,
  undated: () => draft,
  original,
});

const nullAsUndefined = (value: unknown): unknown => value ?? undefined;
