import { type Call, FaultyDraft } from '@user-activity/application';
import type { Violation } from '@user-activity/domain';
import { callMetadata, type Surroundings } from './call-metadata.ts';
import type { OversizedItem } from '../batch-items.ts';
import { edgeRecord, recordWithoutBytes } from './edge-record.ts';
import { isMembers, type Members } from '../members.ts';

/** The calls of the Segment HTTP API, https://segment.com/docs/connections/spec/. */
export const segmentCalls = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;

/** One of them. */
export type SegmentCall = (typeof segmentCalls)[number];

/** Whether the item has a context of its own. */
export const hasContext = (item: unknown): boolean => isMembers(item) && given(item['context']) !== undefined;

/** An item of a batch, which says itself which call it is. */
export function itemOfBatch(item: unknown, around: Surroundings): Call {
  const kind = isMembers(item) ? segmentCalls.find((one) => one === item['type']) : undefined;
  if (kind !== undefined || !isMembers(item)) return callOf(kind ?? 'track', item, around);
  return faulty(item, { path: '/type', message: `must be one of ${segmentCalls.join(', ')}` });
}

/** A call as its route has it: what it says of its own type does not count. */
export const bodyOfRoute = (kind: SegmentCall, body: unknown, around: Surroundings): Call =>
  callOf(kind, isMembers(body) ? { ...body, type: kind } : body, around);

function callOf(kind: SegmentCall, item: unknown, around: Surroundings): Call {
  if (!isMembers(item)) return faulty(item, { path: '', message: 'must be a JSON object' });
  const said = (name: string): unknown => given(item[name]);
  const isOf = (name: string): boolean => said(name) !== undefined && said(name) !== '';
  const userPlace = isOf('userId') || !isOf('anonymousId') ? 'userId' : 'anonymousId';
  const timePlace = said('timestamp') !== undefined ? 'timestamp' : 'originalTimestamp';
  const userId = textOf(said(userPlace));
  // Each kind has its own of these; the other is taken where that is missing, and kept beside it otherwise.
  const [first, second] =
    kind === 'identify' || kind === 'group' ? ['traits', 'properties'] : ['properties', 'traits'];
  const name = said(first) === undefined && said(second) !== undefined ? second : first;
  const others: Members = {
    name: said('name'),
    category: said('category'),
    groupId: said('groupId'),
    previousId: said('previousId'),
    event: kind === 'track' ? said('event') : undefined,
    anonymousId: userPlace === 'userId' ? said('anonymousId') : undefined,
    ...(name === first ? { [second]: said(second) } : {}),
  };
  const metadata = callMetadata(name, said(name), others, {
    ...around,
    context: said('context') ?? given(around.context),
  });
  const places: Readonly<Record<string, string>> = {
    id: '/messageId',
    userId: `/${userPlace}`,
    type: kind === 'track' ? '/event' : '/type',
    createdAt: `/${timePlace}`,
  };
  const id = said('messageId') === '' ? undefined : said('messageId');
  return {
    id,
    draft: withoutGaps({
      id,
      userId,
      type: kind === 'track' ? withoutControls(said('event')) : kind.toUpperCase(),
      metadata: metadata.value,
      createdAt: said(timePlace),
    }),
    placeOf(path) {
      const [, field = '', ...below] = path.split('/');
      return field === 'metadata' ? metadata.placeOf(below) : (places[field] ?? path);
    },
    original: () => edgeRecord(item, userId),
  };
}

/** A call that is larger than any valid one: it is not parsed, and its letter keeps its size and its SHA-256. */
export const oversizedCall = (item: OversizedItem): Call => ({
  id: undefined,
  draft: item,
  placeOf: (path) => path,
  original: () => recordWithoutBytes(item.bytes),
});

const faulty = (item: unknown, violation: Violation): Call => ({
  id: isMembers(item) ? item['messageId'] : undefined,
  draft: new FaultyDraft([violation]),
  placeOf: (path) => path,
  original: () =>
    edgeRecord(item, isMembers(item) ? textOf(item['userId'] ?? item['anonymousId']) : undefined),
});

const given = (value: unknown): unknown => value ?? undefined;

/** A name without control characters, which no type may have: they count as white space. */
const withoutControls = (name: unknown): unknown =>
  typeof name === 'string' ? name.replaceAll(/\p{Cc}/gu, ' ') : name;

/** A number as text. One that JSON can't tell from its neighbours stays as it is, and is refused: it may be another user. */
const textOf = (value: unknown): unknown =>
  typeof value === 'number' &&
  (Number.isSafeInteger(value) || !Number.isInteger(value)) &&
  Number.isFinite(value)
    ? String(value)
    : value;

const withoutGaps = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
