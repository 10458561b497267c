import { type TSchema, Type } from '@sinclair/typebox';
import { turns } from './turns.ts';

/** The Content-Type of a response whose JSON is passed to Fastify as text. Fastify's default would be `text/plain`. */
export const jsonContentType = 'application/json; charset=utf-8';

/** Makes the response schema of a route that passes finished JSON to Fastify, so that stored metadata need not be parsed. */
export const jsonTextSchema = (schema: TSchema) => Type.Unsafe<string | Buffer>(schema);

const portionLength = 64 * 1024;

/**
 * Makes the JSON of a page. The text is converted to bytes in portions, because the text of a whole page would stay in memory until the
 * next full garbage collection.
 */
export async function makePageBytes<Item>(
  items: readonly Item[],
  jsonOfItem: (item: Item) => string,
  pagination: object,
): Promise<Buffer> {
  const turn = turns.begin();
  const portions: Buffer[] = [];
  let text = '{"data":[';
  for (const [index, item] of items.entries()) {
    text += index === 0 ? jsonOfItem(item) : `,${jsonOfItem(item)}`;
    if (text.length < portionLength) continue;
    portions.push(Buffer.from(text));
    text = '';
    if (turn.isOver) await turn.next();
  }
  portions.push(Buffer.from(`${text}],"pagination":${JSON.stringify(pagination)}}`));
  return Buffer.concat(portions);
}
