import type { Brand } from '../shared/brand.ts';
import type { JsonObject } from '../shared/json.ts';
import { parseJson } from '../shared/parse-json.ts';
import { Metadata } from './metadata.ts';

/** The metadata of a stored activity as JSON text, which answers pass on as it is: to parse it takes far longer. */
export type MetadataText = Brand<string, 'MetadataText'>;

export const MetadataText = {
  /** The text of metadata that keeps the rules. */
  of: (metadata: Metadata): MetadataText => JSON.stringify(metadata) as MetadataText,
  /** Takes a text back from a store that was given it by us. */
  trusted: (raw: string): MetadataText => raw as MetadataText,
  /** The metadata that the text stands for. */
  parse: (text: MetadataText): Metadata => Metadata.trusted(parseJson(text) as JsonObject),
};
