import { hash } from 'node:crypto';
import type { Metadata, NewActivity } from '@user-activity/client';
import { exportHeader, textOfCell } from '../csv-of-exports.ts';
import { UsageError } from '../failure.ts';
import { isObject, type Row, type Values } from './rows.ts';

/** The fields of an activity that a row can fill. */
const fields = ['id', 'userId', 'type', 'createdAt', 'metadata'] as const;
type Field = (typeof fields)[number];

/** The columns of an export that the service sets by itself. */
const ownFields: ReadonlySet<string> = new Set(['receivedAt', 'source']);

// Larger numbers are milliseconds: they would be the year 5138 in seconds.
const maxSeconds = 1e11;

/** Makes activities from rows. */
export class Mapping {
  /** The name of the import, which is part of the ids that it makes. */
  readonly #name: string;
  /** The path of the source of each field. */
  readonly #sources: ReadonlyMap<Field, string>;
  /** Whether the other members of a row become metadata. */
  readonly #keepsOthers: boolean;

  /** Throws UsageError if a mapping is not `field=source`. */
  constructor(name: string, mappings: readonly string[], keepsOthers: boolean) {
    this.#name = name;
    this.#keepsOthers = keepsOthers;
    const sources = new Map<Field, string>(fields.map((field) => [field, field]));
    for (const text of mappings) {
      const [field = '', ...source] = text.split('=');
      const known = fields.find((each) => each === field);
      if (known === undefined || source.join('=') === '')
        throw new UsageError(
          `--map must be field=source, where field is one of ${fields.join(', ')}; not ${text}`,
        );
      sources.set(known, source.join('='));
    }
    this.#sources = sources;
  }

  /** Returns the activity of a row. The service checks its values. Returns undefined if the row can't be read. */
  activityOf({ number, text, values: raw }: Row): NewActivity | undefined {
    if (raw === undefined) return undefined;
    const values = Object.keys(raw).join() === exportHeader ? withoutQuotes(raw) : raw;
    const valueOf = (field: Field): unknown => valueAt(values, this.#sources.get(field) ?? field);
    const id = valueOf('id');
    const metadata = { ...this.#othersOf(values), ...objectOf(valueOf('metadata')) };
    // The service names what is wrong with a value.
    return {
      id: isEmpty(id) ? this.#idOf(number, text) : id,
      userId: valueOf('userId'),
      type: valueOf('type'),
      createdAt: timeOf(valueOf('createdAt')),
      metadata,
    } as NewActivity;
  }

  #othersOf(values: Values): Metadata {
    if (!this.#keepsOthers) return {};
    const used = new Set([...this.#sources.values()].map((source) => source.split('.')[0]));
    return Object.fromEntries(
      Object.entries(values).filter(
        ([name, value]) => !used.has(name) && !ownFields.has(name) && !isEmpty(value),
      ),
    );
  }

  /** Returns the id of a row without one: always the same, so that a second run stores nothing twice. */
  #idOf(number: number, text: string): string {
    return `im_${hash('sha256', JSON.stringify([this.#name, number, text]), 'base64url')}`;
  }
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

/** Returns the value of a member, or at a path of members with dots between them. */
function valueAt(values: Values, path: string): unknown {
  if (Object.hasOwn(values, path)) return values[path];
  let value: unknown = values;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

/** Returns metadata as an object: CSV has it as JSON. Other values are kept under the name `value`. */
function objectOf(value: unknown): Metadata {
  if (isEmpty(value)) return {};
  const parsed = typeof value === 'string' ? parsedJson(value) : value;
  return isObject(parsed) ? parsed : { value };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const dateWithoutZone = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2}(?:\.\d+)?))?$/;

/** Returns a time as text. Numbers are seconds or milliseconds since 1970. A time without a zone is in UTC. */
function timeOf(value: unknown): unknown {
  if (isEmpty(value)) return null;
  const [, date, time = '00:00:00'] = dateWithoutZone.exec(String(value)) ?? [];
  if (date !== undefined) return `${date}T${time}Z`;
  const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number') return value;
  const moment = new Date(Math.abs(number) > maxSeconds ? number : number * 1000);
  return Number.isNaN(moment.getTime()) ? value : moment.toISOString();
}

const withoutQuotes = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? textOfCell(value) : value,
    ]),
  );
