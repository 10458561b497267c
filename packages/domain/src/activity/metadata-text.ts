import type { Brand } from '../shared/brand.ts';
import type { JsonObject } from '../shared/json.ts';
import { parseJson } from '../shared/parse-json.ts';
import { Metadata } from './metadata.ts';

/** The metadata of a stored activity as JSON text. Responses contain the text as stored, because parsing takes far longer. */
export type MetadataText = Brand<string, 'MetadataText'>;

export const MetadataText = {
  /** Returns valid metadata as text. */
  of: (metadata: Metadata): MetadataText => JSON.stringify(metadata) as MetadataText,
  /** Takes a text from our own store, without checks. */
  trusted: (raw: string): MetadataText => raw as MetadataText,
  /** Returns the metadata of a text from our own store. */
  parse: (text: MetadataText): Metadata => Metadata.trusted(parseJson(text) as JsonObject),
};
