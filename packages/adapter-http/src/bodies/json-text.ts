import { type TSchema, type TUnsafe, Type } from '@sinclair/typebox';
import { turns } from './turns.ts';

/** The media type of an answer that is handed to Fastify as JSON already: Fastify would not know its type. */
export const jsonType = 'application/json; charset=utf-8';

/** The schema of an answer whose JSON is handed out as it is, as text or in UTF-8: stored metadata is never parsed again. */
export const textOf = (schema: TSchema): TUnsafe<string | Buffer> => Type.Unsafe<string | Buffer>(schema);

const portionLength = 64 * 1024;

/**
 * Makes the JSON of a page, in UTF-8. Lets other work have its turn in between, because a page may have 4 MiB. Encodes the text in
 * portions: the text of a whole page would stay in memory until the next full garbage collection.
 */
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
