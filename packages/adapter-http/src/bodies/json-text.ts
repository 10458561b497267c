import { type TSchema, Type } from '@sinclair/typebox';
import { turns } from './turns.ts';

/** The media type for JSON that is passed to Fastify as text. Fastify would send `text/plain`. */
export const jsonType = 'application/json; charset=utf-8';

/** Makes the schema of a response for which the route passes JSON to Fastify, as text or bytes. So stored metadata is not parsed again. */
export const textOf = (schema: TSchema) => Type.Unsafe<string | Buffer>(schema);

const portionLength = 64 * 1024;

/** Makes the JSON of a page in portions, because the text of a whole page would stay in memory until the next full garbage collection. */
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
