import { hash } from 'node:crypto';
import type { Metadata, NewActivity } from '@user-activity/client';
import { csvExportHeader, textOfCell } from '../csv-of-exports.ts';
import { isObject, readExactJson } from '../exact-json.ts';
import { UsageError } from '../failure.ts';
import { toRfc3339 } from './times.ts';
import type { Row, Values } from './rows.ts';

/** The fields of an activity that a row can fill. */
const fields = ['id', 'userId', 'type', 'createdAt', 'metadata'] as const;
type Field = (typeof fields)[number];

/** The columns of an export that the service sets by itself. */
const ownFields: ReadonlySet<string> = new Set(['receivedAt', 'source']);

/** An activity, or why a row is none. */
export type Mapped =
  | { readonly activity: NewActivity; readonly fault?: undefined }
  | { readonly activity?: undefined; readonly fault: string };

/** The beginning of the ids of activities that came with a public key. The service takes no such id from anyone else. */
const publicPrefix = 'pk.';

export interface MappingOptions {
  /** The name of the import, which is part of the ids that it makes. */
  readonly name: string;
  /** The mappings, each as `field=source`. */
  readonly mappings: readonly string[];
  /** Whether the other members of a row become metadata. */
  readonly keepsOthers: boolean;
  /** Whether a row with the id of a public key gets another id. */
  readonly replacesPublicIds: boolean;
}

/** Makes activities from rows. */
export class Mapping {
  /** The sources that were mapped, and that no row has had yet. */
  readonly unseen: Set<string> = new Set();
  readonly #options: MappingOptions;
  /** The path of the source of each field. */
  readonly #sources: ReadonlyMap<Field, readonly string[]>;

  /** Throws UsageError if a mapping is not `field=source`. */
  constructor(options: MappingOptions) {
    this.#options = options;
    const sources = new Map<Field, string>(fields.map((field) => [field, field]));
    for (const text of options.mappings) {
      const end = text.indexOf('=');
      const known = fields.find((each) => each === text.slice(0, Math.max(0, end)));
      const source = text.slice(end + 1);
      if (known === undefined || source === '')
        throw new UsageError(
          `--map must be field=source, where field is one of ${fields.join(', ')}; not ${text}`,
        );
      sources.set(known, source);
      this.unseen.add(source);
    }
    this.#sources = new Map([...sources].map(([field, source]) => [field, [source]]));
  }

  /** Returns the activity of a row. The service checks its values. */
  activityOf({ number, text, values: raw, fault }: Row): Mapped {
    if (fault !== undefined) return { fault };
    const values = Object.keys(raw).join() === csvExportHeader ? withoutQuotes(raw) : raw;
    let others: Values = values;
    const found = new Map<Field, unknown>();
    for (const [field, [source = field]] of this.#sources) {
      const path = Object.hasOwn(values, source) ? [source] : source.split('.');
      const value = valueAt(values, path);
      if (value !== undefined) this.unseen.delete(source);
      found.set(field, value);
      others = without(others, path);
    }
    const metadata = metadataOf(found.get('metadata'));
    if (metadata.fault !== undefined) return { fault: `/metadata ${metadata.fault}` };
    const id = found.get('id');
    // The service names what is wrong with a value.
    const activity = {
      id: isEmpty(id) ? this.#idOf(number, text) : this.#idFrom(textOfNumber(id)),
      userId: textOfNumber(found.get('userId')),
      type: found.get('type'),
      createdAt: toRfc3339(found.get('createdAt')),
      metadata: { ...(this.#options.keepsOthers ? kept(others) : {}), ...metadata.value },
    };
    return { activity: activity as NewActivity };
  }

  /** Returns the id of a row without one: always the same, so that a second run stores nothing twice. */
  #idOf(number: number, text: string): string {
    return `im_${hash('sha256', JSON.stringify([this.#options.name, number, text]), 'base64url')}`;
  }

  /** Returns the id of a row that has one. An id that is replaced always gets the same other one, in every file. */
  #idFrom(id: unknown): unknown {
    if (!this.#options.replacesPublicIds || typeof id !== 'string' || !id.startsWith(publicPrefix)) return id;
    return `im_${hash('sha256', id, 'base64url')}`;
  }
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Other systems have numbers as ids. */
const textOfNumber = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);

const kept = (values: Values): Metadata =>
  Object.fromEntries(
    Object.entries(values).filter(([name, value]) => !ownFields.has(name) && !isEmpty(value)),
  );

function valueAt(values: Values, path: readonly string[]): unknown {
  let value: unknown = values;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Returns values without the member at a path, and without objects that it leaves empty. */
function without(values: Values, [name = '', ...rest]: readonly string[]): Values {
  if (!Object.hasOwn(values, name)) return values;
  const { [name]: value, ...others } = values;
  if (rest.length === 0) return others;
  if (!isObject(value)) return values;
  const left = without(value, rest);
  return Object.keys(left).length === 0 ? others : { ...values, [name]: left };
}

/** Returns metadata as an object: CSV has it as JSON. Other values are kept under the name `value`. */
function metadataOf(
  raw: unknown,
): { readonly value: Metadata; readonly fault?: undefined } | { readonly fault: string } {
  if (isEmpty(raw)) return { value: {} };
  if (isObject(raw)) return { value: raw };
  if (typeof raw !== 'string' || !raw.trimStart().startsWith('{')) return { value: { value: raw } };
  const json = readExactJson(raw);
  if (json.fault !== undefined) return { fault: json.fault };
  return { value: isObject(json.value) ? json.value : { value: raw } };
}

const withoutQuotes = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? textOfCell(value) : value,
    ]),
  );
