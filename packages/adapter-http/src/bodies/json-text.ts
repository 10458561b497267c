import { type TSchema, Type } from '@sinclair/typebox';
import { turns } from './turns.ts';

/** The media type of answers that Fastify gets as JSON text, for which it would otherwise send `text/plain`. */
export const jsonType = 'application/json; charset=utf-8';

/** The schema of an answer that is sent as JSON, as text or in UTF-8, so that stored metadata is never parsed again. */
export const textOf = (schema: TSchema) => Type.Unsafe<string | Buffer>(schema);

// As text, a large page would be in memory twice until its client has read it: as text, and encoded.
const portionLength = 64 * 1024;

/** Makes the JSON of a page in portions. The text of a whole page would stay in memory until the next full garbage collection. */
export async function pageBytes<Item>(
  items: readonly Item[],
  textOfItem: (item: Item) => string,
  pagination: object,
): Promise<Buffer> {
  const turn = turns.begin();
  const portions: Buffer[] = [];
  let text = '{"data":[';
  for (const [index, item] of items.entries()) {
    text += index === 0 ? textOfItem(item) : `,${textOfItem(item)}`;
    if (text.length < portionLength) continue;
    portions.push(Buffer.from(text));
    text = '';
    if (turn.isOver) await turn.next();
  }
  portions.push(Buffer.from(`${text}],"pagination":${JSON.stringify(pagination)}}`));
  return Buffer.concat(portions);
}
