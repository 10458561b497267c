import { hash } from 'node:crypto';
import { FaultyDraft } from '@user-activity/application';
import { Metadata, RuleBroken, type Violation, Violations } from '@user-activity/domain';
import { isMembers, type Members } from '../bodies/members.ts';
import { attributesOf, FaultyMember, optional } from './attributes.ts';

export interface EventDraft {
  readonly draft: unknown;
  /** Translates the path of a violation of the draft to the place in the event that the client sent. */
  readonly asSent: (violation: Violation) => Violation;
}

/** The data of an event as members of the metadata, and its place in the event. */
interface EventData {
  readonly members: Members;
  /** The path of the whole data; empty if there is none. */
  readonly path: string;
  /** Whether the members of the metadata are those of the data. */
  readonly isMetadata: boolean;
}

const metadataPath = '/metadata';
const attributesPath = '/cloudevent';
const padding: ReadonlySet<string> = new Set(['', '=', '==']);

/**
 * Reads an event in the JSON event format (1.0.2, section 3) as a draft: `subject` becomes userId, `type` becomes type, `time` becomes
 * createdAt, and a digest of `source` and `id` becomes the id. Data that is an object becomes the metadata, unless it has a member
 * `cloudevent`; other data becomes the member `data` or `data_base64` of the metadata. All other attributes go to its member
 * `cloudevent`. If the event breaks a rule, the draft is a `FaultyDraft` with the violations that `violations` lists; it must be empty
 * at first. An event that is a `FaultyDraft` already stays one. Rules that need the clock are checked later.
 */
export function eventDraft(
  event: unknown,
  maxMetadataBytes: number,
  violations: Violations = new Violations(),
): EventDraft {
  if (event instanceof FaultyDraft) return unread(event);
  if (!isMembers(event)) {
    violations.add('', 'must be a JSON object');
    return faulty(violations);
  }
  const { userId, type, createdAt, identity, others } = attributesOf(event, violations);
  const data = dataOf(event, violations);
  // `asSent` must not keep the data in memory.
  const place = { path: data.path, isMetadata: data.isMetadata };
  const asSent = ({ path, message }: Violation): Violation => ({ path: pathAsSent(path, place), message });
  if (violations.full) return faulty(violations);
  if (violations.list.length > 0) {
    // The domain will not see this event, so its data is checked here.
    const further = new Violations();
    Metadata.parse(data.members, metadataPath, further, maxMetadataBytes);
    for (const { path, message } of further.list.map(asSent)) violations.add(path, message);
    return faulty(violations);
  }
  const id = `ce_${hash('sha256', JSON.stringify(identity), 'base64url')}`;
  const metadata = { ...data.members, cloudevent: others };
  return { draft: { id, userId, type, metadata, createdAt }, asSent };
}

const faulty = ({ list }: Violations): EventDraft => unread(new FaultyDraft(list));

const unread = (draft: FaultyDraft): EventDraft => ({ draft, asSent: (violation) => violation });

function dataOf(event: Members, violations: Violations): EventData {
  const none: EventData = { members: {}, path: '', isMetadata: false };
  const bytes = violations.check('/data_base64', () => parseBase64(event['data_base64']));
  const { data } = event;
  if (data instanceof FaultyMember) {
    violations.add('/data', data.message);
    return none;
  }
  if (data === undefined)
    return bytes === undefined
      ? none
      : { members: { data_base64: bytes }, path: '/data_base64', isMetadata: false };
  if (bytes !== undefined) violations.add('/data_base64', 'must not be given together with data');
  const isMetadata = isMembers(data) && !Object.hasOwn(data, 'cloudevent');
  return { members: isMetadata ? data : { data }, path: '/data', isMetadata };
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

function pathAsSent(path: string, data: Pick<EventData, 'path' | 'isMetadata'>): string {
  if (path === '/createdAt') return '/time';
  if (path !== metadataPath && !path.startsWith(`${metadataPath}/`)) return path;
  const below = path.slice(metadataPath.length);
  if (below.startsWith(`${attributesPath}/`)) return below.slice(attributesPath.length);
  if (below === '' || data.isMetadata) return data.path + below;
  return below;
}
