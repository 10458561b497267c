import { maxMetadataBytes, type Violation } from '@user-activity/domain';
import { isMembers, type Members } from '../bodies/members.ts';
import type { KeyMask } from './key-mask.ts';
import { isMetadata, mendedJson } from './mended-json.ts';
import { digestOfProperties, digestOfOriginal, type Original, originalOf } from './originals.ts';
import type { SharedContext } from './shared-context.ts';

/** The settings that all calls of a request share. */
export interface CallSettings {
  /** The context for calls without one of their own. */
  readonly context?: SharedContext;
  /** The maximum of bytes of metadata, without its member `original`. */
  readonly maxBytes: number;
  /** Hides keys of the API in what dead letters keep. */
  readonly mask: KeyMask;
}

/** The members of a call beside user, type and time. */
export interface CallDetails {
  /** The member with the properties: `properties` or `traits`. */
  readonly name: string;
  readonly own: unknown;
  /** The other members; undefined values count as absent. */
  readonly others: Members;
  readonly context: unknown;
}

/** The metadata for the activity of a call. It keeps the rules. */
interface CallMetadata {
  readonly name: string;
  readonly value: Members;
  /** The values, as they were sent, of members that were changed or left out. */
  readonly originals: readonly Original[];
  /** Members that were left out, by their path in the call. A context does not count as a loss. */
  readonly losses: readonly Violation[];
}

/**
 * Joins the properties (or traits) of a call with its other members. If a property has the name of another member and a different value,
 * all properties stay in their own member, so that nothing is lost; so do properties that are not an object. Strings and keys are mended.
 * If the result is too large, the context is left out, then the properties, then other members.
 */
export function callMetadata(
  { name, own, others, context }: CallDetails,
  settings: CallSettings,
): CallMetadata {
  const { context: shared, maxBytes } = settings;
  const inherited = context === undefined ? shared : undefined;
  const sent = withoutUndefined({ ...others, [name]: own, context: context ?? inherited?.value });
  const originals = inherited?.original === undefined ? [] : [inherited.original];
  if (!isWide(own, maxBytes)) {
    const whole = joined(name, sent);
    if (isMetadata(whole, maxBytes)) return { name, value: whole, originals, losses: [] };
  }
  const mended = mendedMembers(sent, maxBytes);
  const kept = membersThatFit(name, mended.members, maxBytes);
  const losses: Violation[] = [];
  for (const [member, value] of Object.entries(sent)) {
    const change = mended.originals.get(member);
    if (Object.hasOwn(kept, member)) originals.push(...(change === undefined ? [] : [change]));
    else if (member === 'context') originals.push(inherited?.leftOut() ?? digestOfOriginal(member, value));
    else {
      originals.push(...(member === name ? digestOfProperties(value) : [digestOfOriginal(member, value)]));
      losses.push({ path: `/${member}`, message: lossOf(maxBytes) });
    }
  }
  return { name, value: joined(name, kept), originals, losses };
}

/**
 * Adds the originals as the member `original`. If the call itself has a member `original`, that becomes `original.original`, one level
 * deeper; if that is too deep, only its size and SHA-256 are kept.
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

const tooDeep = 'is stored as its size and SHA-256 only: it has too many levels';
const lossOf = (maxBytes: number): string =>
  `is stored as its size and SHA-256 only: metadata is at most ${maxBytes} bytes as UTF-8 of its JSON and 16 levels deep`;

function joined(name: string, { [name]: own, ...beside }: Members): Members {
  if (own === undefined) return beside;
  const isApart =
    !isMembers(own) || Object.keys(beside).some((key) => Object.hasOwn(own, key) && own[key] !== beside[key]);
  return isApart ? { [name]: own, ...beside } : { ...own, ...beside };
}

/** Whether a value has too many members for metadata, as each takes at least five bytes. */
const isWide = (own: unknown, maxBytes: number): boolean =>
  isMembers(own) && Object.keys(own).length > maxBytes / 5;

/** The members that can fit on their own, mended, and the originals of those that were changed. */
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

/** As many of the members as fit into the metadata: the properties come after all others, and the context last. */
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

export const withoutUndefined = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
