import { type TSchema, Type } from '@sinclair/typebox';
import { turns } from './turns.ts';

/** The media type of answers that Fastify gets as JSON text, for which it would otherwise send `text/plain`. */
export const jsonType = 'application/json; charset=utf-8';

/** The schema of an answer that is sent as JSON text, so that stored metadata is never parsed again. */
export const textOf = (schema: TSchema) => Type.Unsafe<string>(schema);

/** The JSON array of the items, up to 4 MiB. Other requests have their turn in between. */
export async function listText<Item>(
  items: readonly Item[],
  textOfItem: (item: Item) => string,
): Promise<string> {
  const turn = turns.begin();
  // V8 copies a growing text only once, when it is sent. Joining a list would copy it earlier.
  let list = '';
  for (const [index, item] of items.entries()) {
    const text = textOfItem(item);
    list += index === 0 ? text : `,${text}`;
    if (turn.isOverAfter(text.length)) await turn.next();
  }
  return `[${list}]`;
}
