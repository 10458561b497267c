import { maxMetadataBytes, type Sender, type Violation } from '@user-activity/domain';
import { isMembers, type Members, withoutUndefined } from '../bodies/members.ts';
import type { KeyMask } from './key-mask.ts';
import { isMetadata, mendJson } from './mended-json.ts';
import { digestOfProperties, digestOfOriginal, type Original, originalOf } from './originals.ts';
import type { SharedContext } from './shared-context.ts';

/** The settings that all calls of a request share. */
export interface CallSettings {
  /** The context for calls that have none of their own. */
  readonly context?: SharedContext;
  /** The maximum size of metadata in bytes, without its member `original`. */
  readonly maxBytes: number;
  readonly sender: Sender;
  /** Replaces API keys in dead letters. */
  readonly keyMask: KeyMask;
}

/** The members of a call that become metadata. */
export interface CallDetails {
  /** The name of the member that holds the properties: `properties` or `traits`. */
  readonly propertiesName: string;
  readonly properties: unknown;
  /** The members other than the properties and the context. Undefined values count as absent. */
  readonly others: Members;
  readonly context: unknown;
}

/** Valid metadata for the activity that a call becomes. */
interface CallMetadata {
  readonly propertiesName: string;
  readonly value: Members;
  /** The members that were changed or omitted. They hold what the client sent. */
  readonly originals: readonly Original[];
  /** A violation for each omitted member, with its path in the call. An omitted context causes no violation. */
  readonly losses: readonly Violation[];
}

/**
 * Makes metadata of the properties (or traits) and the other members of a call. The members of the properties become members of the
 * metadata. But if the properties are not an object, or if a property has the name of another member and a different value, the properties
 * stay together in one member. Valid strings and keys replace invalid ones. If the metadata would be too large, the context is omitted,
 * then the properties, then other members.
 */
export function makeCallMetadata(
  { propertiesName: name, properties, others, context }: CallDetails,
  settings: CallSettings,
): CallMetadata {
  const { context: sharedContext, maxBytes } = settings;
  const inherited = context === undefined ? sharedContext : undefined;
  const members = withoutUndefined({ ...others, [name]: properties, context: context ?? inherited?.value });
  const originals = inherited?.original === undefined ? [] : [inherited.original];
  if (!hasTooManyMembers(properties, maxBytes)) {
    const joined = joinMembers(name, members);
    if (isMetadata(joined, maxBytes)) return { propertiesName: name, value: joined, originals, losses: [] };
  }
  const mended = mendedMembers(members, maxBytes);
  const keptMembers = membersThatFit(name, mended.members, maxBytes);
  const losses: Violation[] = [];
  for (const [member, value] of Object.entries(members)) {
    const original = mended.originals.get(member);
    if (Object.hasOwn(keptMembers, member)) originals.push(...(original === undefined ? [] : [original]));
    else if (member === 'context') originals.push(inherited?.digest() ?? digestOfOriginal(member, value));
    else {
      originals.push(...(member === name ? digestOfProperties(value) : [digestOfOriginal(member, value)]));
      losses.push({ path: `/${member}`, message: lossMessage(maxBytes) });
    }
  }
  return { propertiesName: name, value: joinMembers(name, keptMembers), originals, losses };
}

/**
 * Adds the originals to the metadata, as its member `original`. If the client sent a member `original`, it becomes `original.original`. If
 * that has too many levels, its size and SHA-256 replace it.
 */
export function withOriginals(
  metadata: CallMetadata,
  originals: readonly Original[],
): Pick<CallMetadata, 'value' | 'losses'> {
  const { propertiesName: name, value, losses } = metadata;
  if (originals.length === 0) return metadata;
  const { original: sentOriginal, ...others } = value;
  const shownValues = Object.fromEntries(originals.map((original) => [original.name, original.shownValue]));
  if (sentOriginal === undefined) return { value: { ...others, original: shownValues }, losses };
  const nested = { ...others, original: { ...shownValues, original: sentOriginal } };
  if (isMetadata(nested, maxMetadataBytes)) return { value: nested, losses };
  const digest = digestOfOriginal('original', sentOriginal).shownValue;
  return {
    value: { ...others, original: { ...shownValues, original: digest } },
    losses: [...losses, { path: `/${name}/original`, message: tooDeepMessage }],
  };
}

const tooDeepMessage = 'is stored as its size and SHA-256 only: metadata is at most 16 levels deep';
const lossMessage = (maxBytes: number): string =>
  `is stored as its size and SHA-256 only: metadata is at most ${maxBytes} bytes as UTF-8 of its JSON and 16 levels deep`;

function joinMembers(name: string, { [name]: properties, ...others }: Members): Members {
  if (properties === undefined) return others;
  const needsOwnMember =
    !isMembers(properties) ||
    Object.keys(others).some((key) => Object.hasOwn(properties, key) && properties[key] !== others[key]);
  return needsOwnMember ? { [name]: properties, ...others } : { ...properties, ...others };
}

/** Returns whether an object has too many members for metadata. Each member takes at least five bytes of JSON, such as `"":1,`. */
const hasTooManyMembers = (value: unknown, maxBytes: number): boolean =>
  isMembers(value) && Object.keys(value).length > maxBytes / 5;

/**
 * Replaces invalid strings and keys in the members of a call. Leaves out a member that alone is too large for metadata. `originals` has the
 * members that changed.
 */
function mendedMembers(sentMembers: Members, maxBytes: number) {
  const members: Record<string, unknown> = {};
  const originals = new Map<string, Original>();
  for (const [member, value] of Object.entries(sentMembers)) {
    const mended = hasTooManyMembers(value, maxBytes) ? undefined : mendJson(value, maxBytes);
    if (mended === undefined) continue;
    members[member] = mended.value;
    if (mended.isChanged) originals.set(member, originalOf(member, value));
  }
  return { members, originals };
}

/** Returns as many members as metadata can hold together. The properties are added after the other members, and the context last. */
function membersThatFit(name: string, members: Members, maxBytes: number): Members {
  if (isMetadata(joinMembers(name, members), maxBytes)) return members;
  const { [name]: properties, context, ...others } = members;
  let keptMembers: Members = {};
  const ordered = withoutUndefined({ ...others, [name]: properties, context });
  for (const [member, value] of Object.entries(ordered)) {
    const extended = { ...keptMembers, [member]: value };
    if (isMetadata(joinMembers(name, extended), maxBytes)) keptMembers = extended;
  }
  return keptMembers;
}
