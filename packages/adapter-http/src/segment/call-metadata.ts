import { maxMetadataBytes, type Violation } from '@user-activity/domain';
import { isMembers, type Members } from '../bodies/members.ts';
import type { KeyMask } from './key-mask.ts';
import { mendedJson } from './mended-json.ts';
import { isMetadata } from './metadata-of-calls.ts';
import { digestOfMost, digestOfOriginal, type Original, originalOf } from './originals.ts';
import type { SharedContext } from './shared-context.ts';

/** The values that all calls of a request share. */
export interface Surroundings {
  /** For calls without one of their own. */
  readonly context?: SharedContext;
  /** The maximum of bytes of metadata, without its member `original`. */
  readonly maxBytes: number;
  /** Hides keys of the API in what dead letters keep. */
  readonly mask: KeyMask;
}

/** The members of a call beside who, what and when. */
export interface CallDetails {
  /** How the call names its properties: `properties` or `traits`. */
  readonly name: string;
  readonly own: unknown;
  /** Its other members; undefined are none. */
  readonly others: Members;
  readonly context: unknown;
}

/** The metadata of the activity that a call tells of. It keeps the rules. */
export interface CallMetadata {
  /** How the call names its properties. */
  readonly name: string;
  readonly value: Members;
  /** The values as they were sent, of members that are changed or left out. */
  readonly originals: readonly Original[];
  /** Members that are left out, by place in the call. A context is no loss. */
  readonly losses: readonly Violation[];
}

/**
 * The properties (or traits) of a call, and beside them the other members. Where a property has the name of one of these and another
 * value, all properties go under their name instead, so that nothing is lost; so do properties that are no object. Texts and keys
 * are mended. If all of it does not fit, the context is left out, then properties, then others.
 */
export function callMetadata(
  { name, own, others, context }: CallDetails,
  around: Surroundings,
): CallMetadata {
  const { context: shared, maxBytes } = around;
  const inherited = context === undefined ? shared : undefined;
  const sent = withoutGaps({ ...others, [name]: own, context: context ?? inherited?.value });
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
      originals.push(...(member === name ? digestOfMost(value) : [digestOfOriginal(member, value)]));
      losses.push({ path: `/${member}`, message: lossOf(maxBytes) });
    }
  }
  return { name, value: joined(name, kept), originals, losses };
}

/** The metadata of the activity, and what is lost. */
export type WholeMetadata = Pick<CallMetadata, 'value' | 'losses'>;

/**
 * Adds the originals as the member `original`. A member `original` that the call has itself is then `original.original`, one level
 * deeper; if it has too many levels for that, its size and SHA-256.
 */
export function withOriginals(metadata: CallMetadata, originals: readonly Original[]): WholeMetadata {
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
    losses: [
      ...losses,
      {
        path: `/${name}/original`,
        message: 'is stored as its size and SHA-256 only: it has too many levels',
      },
    ],
  };
}

const lossOf = (maxBytes: number): string =>
  `is stored as its size and SHA-256 only: metadata is at most ${maxBytes} bytes as UTF-8 of its JSON and 16 levels deep`;

/** The metadata that has these members. */
function joined(name: string, { [name]: own, ...beside }: Members): Members {
  if (own === undefined) return beside;
  const isApart =
    !isMembers(own) || Object.keys(beside).some((key) => Object.hasOwn(own, key) && own[key] !== beside[key]);
  return isApart ? { [name]: own, ...beside } : { ...own, ...beside };
}

/** Whether it is too large for metadata by the number of its members alone, each of which takes five bytes at least. */
const isWide = (own: unknown, maxBytes: number): boolean =>
  isMembers(own) && Object.keys(own).length > maxBytes / 5;

/** The members that are not too much by themselves, mended, and the originals of those that are changed. */
function mendedMembers(
  sent: Members,
  maxBytes: number,
): { members: Members; originals: ReadonlyMap<string, Original> } {
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

/** As many of the members as the metadata can hold: properties come after all others, and the context last. */
function membersThatFit(name: string, members: Members, maxBytes: number): Members {
  if (isMetadata(joined(name, members), maxBytes)) return members;
  const { [name]: own, context, ...others } = members;
  let kept: Members = {};
  for (const [member, value] of Object.entries({ ...others, ...withoutGaps({ [name]: own, context }) })) {
    const more = { ...kept, [member]: value };
    if (isMetadata(joined(name, more), maxBytes)) kept = more;
  }
  return kept;
}

/** The members that are not undefined. */
export const withoutGaps = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
