import { hash } from 'node:crypto';
import type { Metadata, NewActivity } from '@user-activity/client';
import { csvExportHeader, withoutFormulaQuote } from '../csv-of-exports.ts';
import { isObject, readExactJson } from '../exact-json.ts';
import { UsageError } from '../failure.ts';
import { toRfc3339 } from './times.ts';
import type { Row, Values } from './rows.ts';

/** The fields of an activity that a row can fill. */
const fields = ['id', 'userId', 'type', 'createdAt', 'metadata'] as const;
type Field = (typeof fields)[number];

/** The columns of an export that only the service sets. They do not become metadata. */
const serviceFields: ReadonlySet<string> = new Set(['receivedAt', 'source']);

/** The activity of a row, or the reason why the row has none. */
export type MappedRow =
  | { readonly activity: NewActivity; readonly fault?: undefined }
  | { readonly activity?: undefined; readonly fault: string };

/** The prefix of the ids of activities that came with a public key. The service refuses such an id from any other sender. */
const publicPrefix = 'pk.';

export interface MappingOptions {
  /** The name of the import. The ids of rows without an id are derived from it. */
  readonly name: string;
  /** The mappings, each as `field=source`. */
  readonly mappings: readonly string[];
  /** Whether the columns or members of a row that fill no field become metadata. */
  readonly keepsOthers: boolean;
  /** Whether an id with the prefix of public keys is replaced by another id. */
  readonly replacesPublicIds: boolean;
}

/** Makes activities from the rows of a file. */
export class Mapping {
  /** The mapped columns and paths that no row has had yet. */
  readonly unseen: Set<string> = new Set();
  readonly #options: MappingOptions;
  /** The column or path that fills each field. */
  readonly #sources: ReadonlyMap<Field, string>;

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
    this.#sources = sources;
  }

  /** Returns the activity of a row. Its values are not checked, because the service checks them. */
  activityOf({ number, text, values: raw, fault }: Row): MappedRow {
    if (fault !== undefined) return { fault };
    const values = Object.keys(raw).join() === csvExportHeader ? withoutFormulaQuotes(raw) : raw;
    let others: Values = values;
    const found = new Map<Field, unknown>();
    for (const [field, source] of this.#sources) {
      const path = Object.hasOwn(values, source) ? [source] : source.split('.');
      const value = valueAt(values, path);
      if (value !== undefined) this.unseen.delete(source);
      found.set(field, value);
      others = without(others, path);
    }
    const metadata = metadataOf(found.get('metadata'));
    if (metadata.fault !== undefined) return { fault: `/metadata ${metadata.fault}` };
    const id = found.get('id');
    const activity = {
      id: isEmpty(id) ? this.#derivedId(number, text) : this.#givenId(textOfNumber(id)),
      userId: textOfNumber(found.get('userId')),
      type: found.get('type'),
      createdAt: toRfc3339(found.get('createdAt')),
      metadata: { ...(this.#options.keepsOthers ? othersToKeep(others) : {}), ...metadata.value },
    };
    return { activity: activity as NewActivity };
  }

  /** Returns the id for a row without one. Each run derives the same id, so that a second run stores nothing twice. */
  #derivedId(number: number, text: string): string {
    return `im_${hash('sha256', JSON.stringify([this.#options.name, number, text]), 'base64url')}`;
  }

  /** Returns the id for a row that has one. If the id is replaced, the replacement is the same in every file. */
  #givenId(id: unknown): unknown {
    if (!this.#options.replacesPublicIds || typeof id !== 'string' || !id.startsWith(publicPrefix)) return id;
    return `im_${hash('sha256', id, 'base64url')}`;
  }
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Converts a number to text, because the ids of other systems may be numbers. */
const textOfNumber = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);

const othersToKeep = (values: Values): Metadata =>
  Object.fromEntries(
    Object.entries(values).filter(([name, value]) => !serviceFields.has(name) && !isEmpty(value)),
  );

function valueAt(values: Values, path: readonly string[]): unknown {
  let value: unknown = values;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Returns values without the member at a path, and without the objects that this leaves empty. */
function without(values: Values, [name = '', ...rest]: readonly string[]): Values {
  if (!Object.hasOwn(values, name)) return values;
  const { [name]: value, ...others } = values;
  if (rest.length === 0) return others;
  if (!isObject(value)) return values;
  const left = without(value, rest);
  return Object.keys(left).length === 0 ? others : { ...values, [name]: left };
}

/** Returns metadata as an object. Parses a text that begins with `{`, as in CSV. Any other value becomes the member `value`. */
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

const withoutFormulaQuotes = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? withoutFormulaQuote(value) : value,
    ]),
  );
