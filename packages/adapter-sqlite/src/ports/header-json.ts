import { parseJson, type RawRecord } from '@user-activity/domain';

type Headers = RawRecord['headers'];

/** Returns headers in the stored form: a JSON object with lists of base64 values. */
export const headersJson = (headers: Headers): string =>
  JSON.stringify(mapLists(headers, (bytes) => Buffer.from(bytes).toString('base64')));

/** Parses headers in the stored form. */
export const headersFromJson = (json: string): Headers =>
  mapLists(parseJson(json) as Readonly<Record<string, readonly string[]>>, (text) =>
    Uint8Array.from(Buffer.from(text, 'base64')),
  );

const mapLists = <From, To>(
  lists: Readonly<Record<string, readonly From[]>>,
  convert: (value: From) => To,
): Record<string, To[]> =>
  Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.map(convert)]));
