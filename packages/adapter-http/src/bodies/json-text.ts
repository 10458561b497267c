import { type TSchema, type TUnsafe, Type } from '@sinclair/typebox';
import { turns } from './turns.ts';

/** The media type of an answer that is handed to Fastify as JSON text, which it would otherwise take for plain text. */
export const jsonType = 'application/json; charset=utf-8';

/** The schema of an answer whose JSON is handed out as text: stored metadata goes through as it is, never parsed again. */
export const textOf = (schema: TSchema): TUnsafe<string> => Type.Unsafe<string>(schema);

/** The JSON array of the items. Other work has its turn in between, as a page takes up to 4 MiB. */
export async function listText<Item>(
  items: readonly Item[],
  textOfItem: (item: Item) => string,
): Promise<string> {
  const turn = turns.begin();
  // No list that is joined: V8 copies a text that grows only once, when it is sent.
  let list = '';
  for (const [index, item] of items.entries()) {
    const text = textOfItem(item);
    list += index === 0 ? text : `,${text}`;
    if (turn.isOverAfter(text.length)) await turn.next();
  }
  return `[${list}]`;
}
