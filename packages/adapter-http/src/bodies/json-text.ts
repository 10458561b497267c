import { type TSchema, type TUnsafe, Type } from '@sinclair/typebox';
import { turns } from './turns.ts';

/** The media type of an answer that is handed to Fastify as JSON already: Fastify would not know its type. */
export const jsonType = 'application/json; charset=utf-8';

/** The schema of an answer whose JSON is handed out as it is, as text or in UTF-8: stored metadata is never parsed again. */
export const textOf = (schema: TSchema): TUnsafe<string | Buffer> => Type.Unsafe<string | Buffer>(schema);

// As text, a large page would be in memory twice until its client has read it: as it is, and encoded.
const portionLength = 64 * 1024;

/**
 * Makes the JSON of a page in UTF-8: its items, and where it ends. Other work has its turn in between, as a page takes up to 4 MiB. The
 * text is encoded in portions: a text of the whole page would stay in memory until the next full collection of garbage.
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
