import { type TSchema, type TUnsafe, Type } from '@sinclair/typebox';

/** The media type of an answer that is handed to Fastify as JSON text, which it would otherwise take for plain text. */
export const jsonType = 'application/json; charset=utf-8';

/** The schema of an answer whose JSON is handed out as text: stored metadata goes through as it is, never parsed again. */
export const textOf = (schema: TSchema): TUnsafe<string> => Type.Unsafe<string>(schema);
