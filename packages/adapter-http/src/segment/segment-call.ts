import { type Call, FaultyDraft, type MendedDraft } from '@user-activity/application';
import type { OversizedItem } from '../bodies/batch-items.ts';
import { isMembers, type Members } from '../bodies/members.ts';
import {
  type CallDetails,
  callMetadata,
  type Surroundings,
  withoutGaps,
  withOriginals,
} from './call-metadata.ts';
import { edgeRecord, recordWithoutBytes } from './edge-record.ts';
import { idIn, type Said, timeIn, typeIn, userFaults, userIn } from './mended-fields.ts';
import { type Original, originalOf } from './originals.ts';

/** The calls of the Segment HTTP API, https://segment.com/docs/connections/spec/. */
export const segmentCalls = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;

/** One of them. */
export type SegmentCall = (typeof segmentCalls)[number];

/** An item of a batch, which says itself which call it is. Without a type it is a track; one of another type is kept under that. */
export function itemOfBatch(item: unknown, around: Surroundings): Call {
  if (!isMembers(item)) return noObject(item, around);
  const type = given(item['type']);
  const name = typeof type === 'string' ? type.trim().toLowerCase() : type;
  const kind = name === undefined || name === '' ? 'track' : segmentCalls.find((known) => known === name);
  return callOf(kind ?? 'other', item, around);
}

/** A call as its route has it: what it says of its own type does not count. */
export const bodyOfRoute = (kind: SegmentCall, body: unknown, around: Surroundings): Call =>
  isMembers(body) ? callOf(kind, { ...body, type: kind }, around) : noObject(body, around);

/** Mends all that breaks a rule, as the sender is not told. It looks at no clock: the same call always makes the same activity. */
function callOf(kind: SegmentCall | 'other', item: Members, around: Surroundings): Call {
  const said: Said = (name) => given(item[name]);
  const user = userIn(said);
  if (user === undefined)
    return faulty(idIn(said).value, new FaultyDraft(userFaults(said)), () =>
      edgeRecord(item, undefined, around.mask),
    );
  const [id, when] = [idIn(said), timeIn(said)];
  const type =
    kind === 'track' || kind === 'other'
      ? typeIn(said, kind === 'track' ? 'event' : 'type')
      : { value: kind.toUpperCase(), originals: [] };
  const metadata = callMetadata(detailsOf(kind, said, user.place), around);
  const fields = withoutGaps({ id: id.value, userId: user.value, type: type.value });
  const originals = [user, id, type, when, metadata].flatMap((mended) => mended.originals);
  const draftOf = (shown: readonly Original[], time: Members): MendedDraft => {
    const { value, losses } = withOriginals(metadata, shown);
    return { activity: { ...fields, ...time, metadata: value }, losses };
  };
  return {
    id: id.value,
    draft: draftOf(originals, when.value === undefined ? {} : { createdAt: when.value }),
    undated: () => draftOf([...originals, originalOf(when.place, said(when.place))], {}),
    original: () => edgeRecord(item, user.value, around.mask),
  };
}

/** The other members of a call. Each kind has its own of properties and traits: the other is taken if that is missing. */
function detailsOf(kind: SegmentCall | 'other', said: Said, userPlace: string): CallDetails {
  const [first, second] =
    kind === 'identify' || kind === 'group' ? ['traits', 'properties'] : ['properties', 'traits'];
  const name = said(first) === undefined && said(second) !== undefined ? second : first;
  return {
    name,
    own: said(name),
    others: {
      name: said('name'),
      category: said('category'),
      groupId: said('groupId'),
      previousId: said('previousId'),
      event: kind === 'track' || kind === 'other' ? said('event') : undefined,
      anonymousId: userPlace === 'userId' ? said('anonymousId') : undefined,
      ...(name === first ? { [second]: said(second) } : {}),
    },
    context: said('context'),
  };
}

/** A call that is larger than any valid one: it is not parsed, and its letter keeps its size and its SHA-256. */
export const oversizedCall = (item: OversizedItem): Call =>
  faulty(undefined, item, () => recordWithoutBytes(item.bytes));

const noObject = (item: unknown, { mask }: Surroundings): Call =>
  faulty(undefined, new FaultyDraft([{ path: '', message: 'must be a JSON object' }]), () =>
    edgeRecord(item, undefined, mask),
  );

/** A call of which nothing can be stored. */
const faulty = (id: unknown, draft: FaultyDraft, original: Call['original']): Call => ({
  id,
  draft,
  undated: () => draft,
  original,
});

const given = (value: unknown): unknown => value ?? undefined;
