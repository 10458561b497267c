import { hash } from 'node:crypto';
import { FaultyDraft } from '@user-activity/application';
import { Metadata, RuleBroken, type Violation, Violations } from '@user-activity/domain';
import { isMembers, type Members } from '../bodies/members.ts';
import { parseAttributes, FaultyMember, optionalText } from './attributes.ts';

/** The draft of the activity that an event becomes. */
export interface EventDraft {
  readonly draft: unknown;
  /** Takes a violation of the draft. Returns it with the path that the faulty value has in the event. */
  readonly restorePath: (violation: Violation) => Violation;
}

/** The data of an event, turned into members of the metadata. */
interface EventData {
  readonly members: Members;
  /** The path of the data in the event. Empty if there is no data. */
  readonly path: string;
  /** Whether the data is an object whose members became members of the metadata. */
  readonly isMetadata: boolean;
}

const metadataPath = '/metadata';
const attributesPath = '/cloudevent';

/**
 * Turns an event in the JSON event format (1.0.2, section 3) into a draft. `subject` becomes userId, `type` becomes type, `time` becomes
 * createdAt, and a digest of `source` and `id` becomes the id. Data that is an object without a member `cloudevent` becomes the metadata.
 * Other data becomes the member `data` or `data_base64` of the metadata. The member `cloudevent` of the metadata holds the attributes that
 * no field holds unchanged.
 *
 * An event that breaks a rule becomes a `FaultyDraft`, and its violations are added to `violations`, which must be empty. A `FaultyDraft`
 * is returned unchanged. Rules that need the clock are not checked here: the domain checks them later.
 */
export function draftFromEvent(
  event: unknown,
  maxMetadataBytes: number,
  violations: Violations = new Violations(),
): EventDraft {
  if (event instanceof FaultyDraft) return faultyEvent(event);
  if (!isMembers(event)) {
    violations.add('', 'must be a JSON object');
    return rejectedEvent(violations);
  }
  const { userId, type, createdAt, identity, metadataAttributes } = parseAttributes(event, violations);
  // `restorePath` must not refer to `members`, which would otherwise stay in memory.
  const { members, ...data } = dataOf(event, violations);
  const restorePath = ({ path, message }: Violation): Violation => ({ path: sentPath(path, data), message });
  if (violations.full) return rejectedEvent(violations);
  if (violations.list.length > 0) {
    // The domain never gets this draft, so the metadata is checked here.
    const dataViolations = new Violations();
    Metadata.parse(members, metadataPath, dataViolations, maxMetadataBytes);
    for (const { path, message } of dataViolations.list.map(restorePath)) violations.add(path, message);
    return rejectedEvent(violations);
  }
  const id = `ce_${hash('sha256', JSON.stringify(identity), 'base64url')}`;
  const metadata = { ...members, cloudevent: metadataAttributes };
  return { draft: { id, userId, type, metadata, createdAt }, restorePath };
}

const rejectedEvent = ({ list }: Violations): EventDraft => faultyEvent(new FaultyDraft(list));

const faultyEvent = (draft: FaultyDraft): EventDraft => ({ draft, restorePath: (violation) => violation });

function dataOf(event: Members, violations: Violations): EventData {
  const noData: EventData = { members: {}, path: '', isMetadata: false };
  const bytes = violations.check('/data_base64', () => parseBase64(event['data_base64']));
  const { data } = event;
  if (data instanceof FaultyMember) {
    violations.add('/data', data.message);
    return noData;
  }
  if (data === undefined)
    return bytes === undefined
      ? noData
      : { members: { data_base64: bytes }, path: '/data_base64', isMetadata: false };
  if (bytes !== undefined) violations.add('/data_base64', 'must be absent if there is data');
  const isMetadata = isMembers(data) && !Object.hasOwn(data, 'cloudevent');
  return { members: isMetadata ? data : { data }, path: '/data', isMetadata };
}

function parseBase64(raw: unknown): string | undefined {
  if (raw === '') return raw;
  const text = optionalText(raw);
  if (text !== undefined && !isBase64(text)) throw new RuleBroken('must be base64 (RFC 4648, section 4)');
  return text;
}

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[a-z\d+/]*={0,2}$/i.test(text);

function sentPath(path: string, data: Pick<EventData, 'path' | 'isMetadata'>): string {
  if (path === '/createdAt') return '/time';
  if (path !== metadataPath && !path.startsWith(`${metadataPath}/`)) return path;
  const relativePath = path.slice(metadataPath.length);
  if (relativePath.startsWith(`${attributesPath}/`)) return relativePath.slice(attributesPath.length);
  if (relativePath === '' || data.isMetadata) return data.path + relativePath;
  return relativePath;
}
