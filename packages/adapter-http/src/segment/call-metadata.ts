import { Metadata, Violations } from '@user-activity/domain';
import { isMembers, type Members } from '../members.ts';

/** What is the same for all calls of a request. */
export interface Surroundings {
  /** For calls without one of their own. */
  readonly context?: unknown;
  readonly maxMetadataBytes: number;
}

/** The metadata of the activity that a call tells of, still to be judged. */
export interface CallMetadata {
  readonly value: unknown;
  /** The place in the call of what lies at a path below the metadata. */
  placeOf(below: readonly string[]): string;
}

/**
 * The properties (or traits) that a call has under `name`, and beside them the other members. Where a property has the name of one
 * of these and another value, all properties go under `name` instead, so that nothing is lost. The context is there where it fits:
 * it is left out where the metadata would break a rule with it.
 */
export function callMetadata(
  name: string,
  own: unknown,
  others: Members,
  { context, maxMetadataBytes }: Surroundings,
): CallMetadata {
  const said = Object.entries(others).filter(([, value]) => value !== undefined);
  const beside = context === undefined ? said : [...said, ['context', context] as const];
  const properties = isMembers(own) ? own : {};
  const taken = new Set(beside.map(([key]) => key));
  const apart = beside.some(([key, value]) => Object.hasOwn(properties, key) && properties[key] !== value);
  const placeOf = (below: readonly string[]): string => {
    const [first] = below;
    if (first === undefined) return own === undefined ? '' : `/${name}`;
    return [...(apart || taken.has(first) ? [''] : ['', name]), ...below].join('/');
  };
  if (own !== undefined && !isMembers(own)) return { value: own, placeOf };
  const bare = { ...(apart ? { [name]: properties } : properties), ...Object.fromEntries(said) };
  if (context === undefined) return { value: bare, placeOf };
  const whole = { ...bare, context };
  return { value: keepsTheRules(whole, maxMetadataBytes) ? whole : bare, placeOf };
}

/** The bytes of JSON that a context takes in the metadata of a call; undefined if no metadata could hold it. */
export function bytesOfContext({ context, maxMetadataBytes }: Surroundings): number | undefined {
  // Judged first, as it may be too large or too deep to be written.
  return keepsTheRules({ context }, maxMetadataBytes)
    ? Buffer.byteLength(JSON.stringify(context))
    : undefined;
}

const keepsTheRules = (value: unknown, maxBytes: number): boolean =>
  Metadata.parse(value, '', new Violations(0), maxBytes) !== undefined;
