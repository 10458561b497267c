import { hash } from 'node:crypto';
import { FaultyDraft } from '@user-activity/application';
import { Metadata, RuleBroken, type Violation, Violations } from '@user-activity/domain';
import { isMembers } from '../bodies/members.ts';
import { attributesOf, defined, type EventMembers, optional } from './attributes.ts';

/** An event as a draft of an activity. */
export interface EventDraft {
  readonly draft: unknown;
  /** A violation of the draft, by the path of what the client sent. */
  readonly asSent: (violation: Violation) => Violation;
}

/** The data of an event as members of the metadata, and where the client had it. */
interface EventData {
  readonly members: Readonly<Record<string, unknown>>;
  /** Of the data as a whole; empty where there is none. */
  readonly path: string;
  /** Whether the members are those of the data itself. */
  readonly itself: boolean;
}

const root = '/metadata';
const ours = '/cloudevent';
const padding: ReadonlySet<string> = new Set(['', '=', '==']);

/**
 * Reads an event in the JSON event format (1.0.2, section 3) as a draft: the subject is the user, the type the type, the time
 * createdAt, and source and id name the activity. Data that is an object is the metadata itself, unless it has a member
 * `cloudevent`; other data is the member `data` or `data_base64` of it. All other attributes are under `cloudevent`. A draft whose
 * event breaks a rule is a `FaultyDraft`, with every violation that can be known without the clock and that `violations`, which must
 * be empty, lists.
 */
export function eventDraft(
  event: unknown,
  maxMetadataBytes: number,
  violations: Violations = new Violations(),
): EventDraft {
  if (!isMembers(event)) {
    violations.add('', 'must be a JSON object');
    return faulty(violations);
  }
  const { userId, type, createdAt, identity, others } = attributesOf(event, violations);
  const data = dataOf(event, violations);
  // The data itself must not be held for as long as its violations may be asked for.
  const place = { path: data.path, itself: data.itself };
  const asSent = ({ path, message }: Violation): Violation => ({ path: pathAsSent(path, place), message });
  if (violations.full) return faulty(violations);
  if (violations.list.length > 0) {
    // The domain judges the data of an event that is sound otherwise.
    const further = new Violations();
    Metadata.parse(data.members, root, further, maxMetadataBytes);
    for (const { path, message } of further.list.map(asSent)) violations.add(path, message);
    return faulty(violations);
  }
  const id = `ce_${hash('sha256', JSON.stringify(identity), 'base64url')}`;
  const metadata = { ...data.members, cloudevent: others };
  return { draft: { id, userId, type, metadata, ...defined('createdAt', createdAt) }, asSent };
}

const faulty = ({ list }: Violations): EventDraft => ({
  draft: new FaultyDraft(list),
  asSent: (violation) => violation,
});

function dataOf(event: EventMembers, violations: Violations): EventData {
  const none: EventData = { members: {}, path: '', itself: false };
  const bytes = violations.check('/data_base64', () => parseBase64(event['data_base64']));
  const { data } = event;
  if (data instanceof RuleBroken) {
    violations.add('/data', data.message);
    return none;
  }
  if (data === undefined)
    return bytes === undefined
      ? none
      : { members: { data_base64: bytes }, path: '/data_base64', itself: false };
  if (bytes !== undefined) violations.add('/data_base64', 'must not be given beside data');
  const itself = isMembers(data) && !Object.hasOwn(data, 'cloudevent');
  return { members: itself ? data : { data }, path: '/data', itself };
}

function parseBase64(raw: unknown): string | undefined {
  if (raw === '') return raw;
  const text = optional(raw);
  if (text !== undefined && !isBase64(text)) throw new RuleBroken('must be base64 (RFC 4648, section 4)');
  return text;
}

function isBase64(text: string): boolean {
  const end = text.search(/[^a-z0-9+/]/i);
  return text.length % 4 === 0 && padding.has(end === -1 ? '' : text.slice(end));
}

function pathAsSent(path: string, data: Pick<EventData, 'path' | 'itself'>): string {
  if (path === '/createdAt') return '/time';
  if (path !== root && !path.startsWith(`${root}/`)) return path;
  const below = path.slice(root.length);
  if (below.startsWith(`${ours}/`)) return below.slice(ours.length);
  if (below === '' || data.itself) return data.path + below;
  return below;
}
