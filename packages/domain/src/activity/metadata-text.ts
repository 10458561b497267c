import type { Brand } from '../shared/brand.ts';
import type { JsonObject } from '../shared/json.ts';
import { parseJson } from '../shared/parse-json.ts';
import { Metadata } from './metadata.ts';

/** The metadata of a stored activity as JSON text. Responses contain this text as it is, because parsing it would take far longer. */
export type MetadataText = Brand<string, 'MetadataText'>;

export const MetadataText = {
  /** Returns metadata as JSON text. */
  of: (metadata: Metadata): MetadataText => JSON.stringify(metadata) as MetadataText,
  /** Converts a JSON text from our own store, without validation. */
  trusted: (raw: string): MetadataText => raw as MetadataText,
  /** Parses a text from our own store to metadata, without validation. */
  parse: (text: MetadataText): Metadata => Metadata.trusted(parseJson(text) as JsonObject),
};
