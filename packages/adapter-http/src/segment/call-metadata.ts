import { maxMetadataBytes, type Violation } from '@user-activity/domain';
import { isMembers, type Members, withoutUndefined } from '../bodies/members.ts';
import type { KeyMask } from './key-mask.ts';
import { isMetadata, mendedJson } from './mended-json.ts';
import { digestOfProperties, digestOfOriginal, type Original, originalOf } from './originals.ts';
import type { SharedContext } from './shared-context.ts';

/** The settings that all calls of a request share. */
export interface CallSettings {
  /** The context for calls that have no context. */
  readonly context?: SharedContext;
  /** The maximum size of metadata in bytes, without its member `original`. */
  readonly maxBytes: number;
  /** Hides API keys in dead letters. */
  readonly mask: KeyMask;
}

/** The members of a call that become metadata. */
export interface CallDetails {
  /** The name of the member that holds the properties: `properties` or `traits`. */
  readonly name: string;
  readonly properties: unknown;
  /** The other members; undefined values count as absent. */
  readonly others: Members;
  readonly context: unknown;
}

/** Valid metadata for the activity of a call. */
interface CallMetadata {
  readonly name: string;
  readonly value: Members;
  /** The changed and the omitted members, as they were sent. */
  readonly originals: readonly Original[];
  /** The omitted members, by their path in the call. An omitted context is not listed. */
  readonly losses: readonly Violation[];
}

/**
 * Joins the properties (or traits) of a call with its other members. The properties stay in a member of their own if they are not an
 * object, or if a property has the name of another member and a different value. Invalid strings and keys are replaced by valid ones. If
 * the result is too large, it omits the context, then the properties, then other members.
 */
export function callMetadata(
  { name, properties, others, context }: CallDetails,
  settings: CallSettings,
): CallMetadata {
  const { context: shared, maxBytes } = settings;
  const inherited = context === undefined ? shared : undefined;
  const sent = withoutUndefined({ ...others, [name]: properties, context: context ?? inherited?.value });
  const originals = inherited?.original === undefined ? [] : [inherited.original];
  if (!isWide(properties, maxBytes)) {
    const whole = joined(name, sent);
    if (isMetadata(whole, maxBytes)) return { name, value: whole, originals, losses: [] };
  }
  const mended = mendedMembers(sent, maxBytes);
  const kept = membersThatFit(name, mended.members, maxBytes);
  const losses: Violation[] = [];
  for (const [member, value] of Object.entries(sent)) {
    const change = mended.originals.get(member);
    if (Object.hasOwn(kept, member)) originals.push(...(change === undefined ? [] : [change]));
    else if (member === 'context') originals.push(inherited?.digest() ?? digestOfOriginal(member, value));
    else {
      originals.push(...(member === name ? digestOfProperties(value) : [digestOfOriginal(member, value)]));
      losses.push({ path: `/${member}`, message: lossOf(maxBytes) });
    }
  }
  return { name, value: joined(name, kept), originals, losses };
}

/**
 * Adds the originals to the metadata, as its member `original`. If the metadata already has a member `original`, this becomes
 * `original.original`. If that has too many levels, its size and SHA-256 replace it.
 */
export function withOriginals(
  metadata: CallMetadata,
  originals: readonly Original[],
): Pick<CallMetadata, 'value' | 'losses'> {
  const { name, value, losses } = metadata;
  if (originals.length === 0) return metadata;
  const { original: own, ...others } = value;
  const shown = Object.fromEntries(originals.map((original) => [original.name, original.shown]));
  if (own === undefined) return { value: { ...others, original: shown }, losses };
  const nested = { ...others, original: { ...shown, original: own } };
  if (isMetadata(nested, maxMetadataBytes)) return { value: nested, losses };
  const digest = digestOfOriginal('original', own).shown;
  return {
    value: { ...others, original: { ...shown, original: digest } },
    losses: [...losses, { path: `/${name}/original`, message: tooDeep }],
  };
}

const tooDeep = 'is stored as its size and SHA-256 only: metadata is at most 16 levels deep';
const lossOf = (maxBytes: number): string =>
  `is stored as its size and SHA-256 only: metadata is at most ${maxBytes} bytes as UTF-8 of its JSON and 16 levels deep`;

function joined(name: string, { [name]: own, ...beside }: Members): Members {
  if (own === undefined) return beside;
  const isApart =
    !isMembers(own) || Object.keys(beside).some((key) => Object.hasOwn(own, key) && own[key] !== beside[key]);
  return isApart ? { [name]: own, ...beside } : { ...own, ...beside };
}

/** Whether an object has too many members for metadata. Each takes at least five bytes of JSON, such as `"":1,`. */
const isWide = (value: unknown, maxBytes: number): boolean =>
  isMembers(value) && Object.keys(value).length > maxBytes / 5;

/** Returns the members of which each alone fits into metadata, with their invalid parts replaced, and the originals of changed members. */
function mendedMembers(sent: Members, maxBytes: number) {
  const members: Record<string, unknown> = {};
  const originals = new Map<string, Original>();
  for (const [member, value] of Object.entries(sent)) {
    const mended = isWide(value, maxBytes) ? undefined : mendedJson(value, maxBytes);
    if (mended === undefined) continue;
    members[member] = mended.value;
    if (mended.isChanged) originals.set(member, originalOf(member, value));
  }
  return { members, originals };
}

/** Returns as many members as fit into metadata together. The properties are added after the other members, and the context last. */
function membersThatFit(name: string, members: Members, maxBytes: number): Members {
  if (isMetadata(joined(name, members), maxBytes)) return members;
  const { [name]: own, context, ...others } = members;
  let kept: Members = {};
  const ordered = withoutUndefined({ ...others, [name]: own, context });
  for (const [member, value] of Object.entries(ordered)) {
    const more = { ...kept, [member]: value };
    if (isMetadata(joined(name, more), maxBytes)) kept = more;
  }
  return kept;
}
