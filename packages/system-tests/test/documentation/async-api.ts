import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import asyncApi from '@asyncapi/specs';
import { Ajv, type ValidateFunction } from 'ajv';
import ajvFormats from 'ajv-formats';
import { parse } from 'yaml';

export type MessageName = 'activityLogged' | 'auditEvent' | 'erasureRequested' | 'deadLetter';

/** A record on Kafka, with its headers as text: the last of each name. */
export interface Message {
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | null;
}

interface Described {
  readonly headers: { readonly properties: Readonly<Record<string, { readonly enum?: readonly string[] }>> };
  readonly examples: readonly {
    readonly name: string;
    readonly headers: object;
    readonly payload: unknown;
  }[];
}
interface Document {
  readonly asyncapi: string;
  readonly channels: Readonly<Record<string, { readonly address: string }>>;
  readonly components: { readonly messages: Readonly<Record<MessageName, Described>> };
}

const folder = join(import.meta.dirname, '..', '..', '..', '..', 'docs');

/** The document docs/asyncapi.yaml. */
export const document = parse(readFileSync(join(folder, 'asyncapi.yaml'), 'utf8')) as Document;

const ajv = new Ajv({ strict: false, allErrors: true });
ajvFormats.default(ajv);
ajv.addSchema({ $id: 'document', ...document });

const compiled = new Map<string, ValidateFunction>();
function faultsOf(where: string, value: unknown): string[] {
  const valid = compiled.get(where) ?? ajv.compile({ $ref: `document#/components/messages/${where}` });
  compiled.set(where, valid);
  if (valid(value)) return [];
  return (valid.errors ?? []).map(({ instancePath, message }) => `${where}${instancePath} ${message}`);
}

/** Returns how a message differs from the document. */
export function messageFaults(name: MessageName, { key, headers, payload }: Message): string[] {
  return [
    ...faultsOf(`${name}/headers`, headers),
    ...undescribed(name, Object.keys(headers)),
    ...faultsOf(`${name}/bindings/kafka/key`, key),
    ...faultsOf(`${name}/payload`, name === 'deadLetter' ? payload : jsonOf(payload)),
  ];
}

/** Returns the service's own headers that the document lacks. A record may have other headers as well. */
function undescribed(name: MessageName, headers: readonly string[]): string[] {
  const own = name === 'deadLetter' ? /^user-activity-dead-letter-/ : /^(?:ce_|user-activity-)/;
  const { properties } = document.components.messages[name].headers;
  return headers.flatMap((header) =>
    own.test(header) && !(header in properties) ? [`${name}/headers/${header} is not described`] : [],
  );
}

/** Returns how a value differs from the schema of AsyncAPI 3.0. */
export function documentFaults(value: unknown): string[] {
  const official = new Ajv({ strict: false, allErrors: true });
  ajvFormats.default(official);
  const valid = official.compile(asyncApi.schemasWithoutId['3.0.0'] as object);
  if (valid(value)) return [];
  return (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Returns the references without a target, which the schema does not check. */
export function brokenReferences(whole: unknown, part: unknown = whole): string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => {
    if (name !== '$ref' || typeof value !== 'string') return brokenReferences(whole, value);
    const steps = value.slice('#/'.length).split('/');
    const target = steps.reduce<unknown>(
      (at, step) => (at instanceof Object ? Reflect.get(at, step) : undefined),
      whole,
    );
    return target === undefined ? [value] : [];
  });
}

function jsonOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
