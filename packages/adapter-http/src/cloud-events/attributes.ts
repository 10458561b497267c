import {
  ActivityType,
  maxMetadataBytes,
  pointer,
  RuleBroken,
  Timestamp,
  UserId,
  type Violations,
} from '@user-activity/domain';
import { type Members, withoutUndefined } from '../bodies/members.ts';
import { isMediaType } from './media-type.ts';

/** Stands for a member of an event that could not be read, and holds the reason. */
export class FaultyMember {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** The attributes of an event. An attribute that is absent or breaks a rule is undefined. */
export interface Attributes {
  readonly userId: UserId | undefined;
  readonly type: ActivityType | undefined;
  /** The time as text, as the client sent it. */
  readonly createdAt: string | undefined;
  /** The attributes that identify the event. */
  readonly identity: readonly [source: string | undefined, id: string | undefined];
  /** The attributes that go into the metadata, because no field of an activity holds them unchanged. */
  readonly metadataAttributes: Members;
}

// The members that CloudEvents defines. Any other member of an event is an extension.
const definedMember =
  /^(?:specversion|id|source|type|subject|time|datacontenttype|dataschema|data|data_base64)$/;
const extensionName = /^[a-z0-9]+$/;
// In characters. These attributes go into the metadata, where a longer one would never fit.
const maxCharacters = maxMetadataBytes;
const maxInteger = 2 ** 31 - 1;
const forbiddenCharacters = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** Validates the attributes of an event (CloudEvents 1.0.2, "Context Attributes"). Adds violations with paths such as `/id`. */
export function parseAttributes(event: Members, violations: Violations): Attributes {
  const read = <Value>(name: string, parse: (raw: unknown) => Value): Value | undefined =>
    violations.check(`/${name}`, () => parse(event[name]));
  const specversion = read('specversion', parseVersion);
  const id = read('id', requiredText);
  const source = read('source', requiredText);
  const type = read('type', (raw) => ({ sent: requiredText(raw), canonical: ActivityType.parse(raw) }));
  return {
    userId: read('subject', (raw) => UserId.parse(requiredText(raw))),
    type: type?.canonical,
    createdAt: read('time', parseTime),
    identity: [source, id],
    metadataAttributes: withoutUndefined({
      specversion,
      id,
      source,
      type: type?.sent,
      datacontenttype: read('datacontenttype', parseMediaType),
      dataschema: read('dataschema', optionalText),
      ...extensionsOf(event, violations),
    }),
  };
}

/** Returns a member as a non-empty string, or undefined if the member is absent or null. Throws RuleBroken for other values. */
export function optionalText(raw: unknown): string | undefined {
  if (raw === undefined || raw === null) return undefined;
  if (raw instanceof FaultyMember) throw new RuleBroken(raw.message);
  if (typeof raw !== 'string') throw new RuleBroken('must be a string');
  if (raw === '') throw new RuleBroken('must not be empty');
  return validText(raw);
}

function requiredText(raw: unknown): string {
  const text = optionalText(raw);
  if (text === undefined) throw new RuleBroken('is required');
  return text;
}

// Returns the text. Throws RuleBroken if the text breaks CloudEvents 1.0.2, "Type System".
function validText(text: string): string {
  if (text.length > maxCharacters) throw new RuleBroken(`must be at most ${maxCharacters} characters`);
  if (forbiddenCharacters.test(text))
    throw new RuleBroken('must not contain control characters, noncharacters or unpaired surrogates');
  return text;
}

function parseVersion(raw: unknown): string {
  const version = requiredText(raw);
  if (version !== '1.0') throw new RuleBroken('must be "1.0"');
  return version;
}

function parseTime(raw: unknown): string | undefined {
  const text = optionalText(raw);
  if (text !== undefined) Timestamp.parse(text);
  return text;
}

function parseMediaType(raw: unknown): string | undefined {
  const text = optionalText(raw);
  if (text !== undefined && !isMediaType(text))
    throw new RuleBroken('must be a media type such as application/json');
  return text;
}

function extensionsOf(event: Members, violations: Violations): Members {
  const extensions: Record<string, unknown> = {};
  for (const name of Object.keys(event)) {
    if (violations.full) break;
    if (definedMember.test(name)) continue;
    const value = violations.check(pointer('', name), () => {
      if (name.length > maxCharacters || !extensionName.test(name))
        throw new RuleBroken('must have a name of lower-case letters and digits');
      return parseExtension(event[name]);
    });
    if (value !== undefined) extensions[name] = value;
  }
  return extensions;
}

function parseExtension(raw: unknown): string | boolean | number | undefined {
  if (raw === undefined || raw === null) return undefined;
  if (raw instanceof FaultyMember) throw new RuleBroken(raw.message);
  if (typeof raw === 'boolean') return raw;
  if (typeof raw === 'string') return validText(raw);
  if (typeof raw === 'number' && Number.isInteger(raw) && raw >= -maxInteger - 1 && raw <= maxInteger)
    return raw;
  throw new RuleBroken('must be a string, a boolean or an integer of 32 bits');
}
