import { parseJson, type RawRecord } from '@user-activity/domain';

type Headers = RawRecord['headers'];

/** Returns headers as the file keeps them: JSON, lists of base64 by name. */
export const headersJson = (headers: Headers): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(headers).map(([name, values]) => [
        name,
        values.map((bytes) => Buffer.from(bytes).toString('base64')),
      ]),
    ),
  );

/** Returns the headers that the file keeps. */
export const headersOf = (json: string): Headers =>
  Object.fromEntries(
    Object.entries(parseJson(json) as Readonly<Record<string, readonly string[]>>).map(([name, values]) => [
      name,
      values.map((text) => Uint8Array.from(Buffer.from(text, 'base64'))),
    ]),
  );
