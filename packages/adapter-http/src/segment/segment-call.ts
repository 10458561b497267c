import { type Call, FaultyDraft, type MendedDraft } from '@user-activity/application';
import type { OversizedItem } from '../bodies/batch-items.ts';
import { isMembers, type Members } from '../bodies/members.ts';
import {
  type CallDetails,
  callMetadata,
  type CallSettings,
  withoutUndefined,
  withOriginals,
} from './call-metadata.ts';
import { edgeRecord, recordWithoutBytes } from './edge-record.ts';
import { idIn, type ReadMember, timeIn, typeIn, userFaults, userIn } from './mended-fields.ts';
import { type Original, originalOf } from './originals.ts';

/** The calls of the Segment HTTP API, https://segment.com/docs/connections/spec/. */
export const segmentCalls = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;

export type SegmentCall = (typeof segmentCalls)[number];

/** Reads an item of a batch by its `type`. Without one, it is a track call; an unknown type becomes the type of the activity. */
export function itemOfBatch(item: unknown, settings: CallSettings): Call {
  if (!isMembers(item)) return noObject(item, settings);
  const type = unlessNull(item['type']);
  const name = typeof type === 'string' ? type.trim().toLowerCase() : type;
  const kind = name === undefined || name === '' ? 'track' : segmentCalls.find((known) => known === name);
  return callOf(kind ?? 'other', item, settings);
}

/** Reads a call of a route. Its own `type` is ignored. */
export const bodyOfRoute = (kind: SegmentCall, body: unknown, settings: CallSettings): Call =>
  isMembers(body) ? callOf(kind, { ...body, type: kind }, settings) : noObject(body, settings);

/** Mends everything that breaks a rule. Uses no clock, so that the same call always makes the same activity. */
function callOf(kind: SegmentCall | 'other', item: Members, settings: CallSettings): Call {
  const read: ReadMember = (name) => unlessNull(item[name]);
  const user = userIn(read);
  if (user === undefined)
    return faulty(idIn(read).value, new FaultyDraft(userFaults(read)), () =>
      edgeRecord(item, undefined, settings.mask),
    );
  const [id, when] = [idIn(read), timeIn(read)];
  const type =
    kind === 'track' || kind === 'other'
      ? typeIn(read, kind === 'track' ? 'event' : 'type')
      : { value: kind.toUpperCase(), originals: [] };
  const metadata = callMetadata(detailsOf(kind, read, user.place), settings);
  const fields = withoutUndefined({ id: id.value, userId: user.value, type: type.value });
  const originals = [user, id, type, when, metadata].flatMap((mended) => mended.originals);
  const draftOf = (shown: readonly Original[], time: Members): MendedDraft => {
    const { value, losses } = withOriginals(metadata, shown);
    return { activity: { ...fields, ...time, metadata: value }, losses };
  };
  return {
    id: id.value,
    draft: draftOf(originals, when.value === undefined ? {} : { createdAt: when.value }),
    undated: () => draftOf([...originals, originalOf(when.place, read(when.place))], {}),
    original: () => edgeRecord(item, user.value, settings.mask),
  };
}

/** The other members of a call. Each kind has either properties or traits; if they are missing, the other member takes their place. */
function detailsOf(kind: SegmentCall | 'other', read: ReadMember, userPlace: string): CallDetails {
  const [usual, other] =
    kind === 'identify' || kind === 'group' ? ['traits', 'properties'] : ['properties', 'traits'];
  const name = read(usual) === undefined && read(other) !== undefined ? other : usual;
  return {
    name,
    own: read(name),
    others: {
      name: read('name'),
      category: read('category'),
      groupId: read('groupId'),
      previousId: read('previousId'),
      event: kind === 'track' || kind === 'other' ? read('event') : undefined,
      anonymousId: userPlace === 'userId' ? read('anonymousId') : undefined,
      ...(name === usual ? { [other]: read(other) } : {}),
    },
    context: read('context'),
  };
}

/** A call that is larger than any valid one. It is not parsed; its dead letter keeps its size and SHA-256. */
export const oversizedCall = (item: OversizedItem): Call =>
  faulty(undefined, item, () => recordWithoutBytes(item.bytes));

const noObject = (item: unknown, { mask }: CallSettings): Call =>
  faulty(undefined, new FaultyDraft([{ path: '', message: 'must be a JSON object' }]), () =>
    edgeRecord(item, undefined, mask),
  );

const faulty = (id: unknown, draft: FaultyDraft, original: Call['original']): Call => ({
  id,
  draft,
  undated: () => draft,
  original,
});

const unlessNull = (value: unknown): unknown => value ?? undefined;
