import { Type } from '@sinclair/typebox';
import { expect, test } from 'vitest';
import { namedSchema, withComponents } from '../src/openapi/component-schemas.ts';
import { withPlainSchemas } from '../src/openapi/plain-schemas.ts';

const user = namedSchema('User', Type.Object({ name: Type.String() }));
/** Returns the document as clients get it: as JSON. */
const sent = (document: object): unknown => JSON.parse(JSON.stringify(withComponents(document)));
const reference = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

test('a named schema is listed once, and every use refers to it, also inside another schema', () => {
  const team = namedSchema('Team', Type.Object({ lead: user, members: Type.Array(Type.Optional(user)) }));
  const paths = { '/teams': { one: team, lead: user } };
  expect(sent({ paths, components: { headers: {} } })).toEqual({
    paths: { '/teams': { one: reference('Team'), lead: reference('User') } },
    components: {
      headers: {},
      schemas: {
        Team: {
          type: 'object',
          properties: { lead: reference('User'), members: { type: 'array', items: reference('User') } },
          required: ['lead', 'members'],
        },
        User: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      },
    },
  });
});

test('a name stands for one schema, in which only descriptions and examples may differ', () => {
  const described = { ...user, description: 'Who.', examples: [{ name: 'Ada' }] };
  expect(sent({ paths: [user, described] })).toMatchObject({
    components: { schemas: { User: { description: 'Who.', examples: [{ name: 'Ada' }] } } },
  });
  const other = namedSchema('User', Type.Object({ name: Type.String({ minLength: 1 }) }));
  expect(() => withComponents({ paths: [user, other] })).toThrow('two different schemas have the name User');
});

test('a union becomes a list of types or an enum if possible', () => {
  const text = (value: string): object => ({ type: 'string', enum: [value] });
  const none = { type: 'null' };
  const plain = (schema: object): unknown => withPlainSchemas(schema);
  expect(plain({ anyOf: [text('a'), text('b')], description: 'x' })).toEqual({
    type: 'string',
    enum: ['a', 'b'],
    description: 'x',
  });
  expect(plain({ items: { anyOf: [{ type: 'string', minLength: 1 }, none] } })).toEqual({
    items: { type: ['string', 'null'], minLength: 1 },
  });
  for (const schema of [
    { anyOf: [{ type: 'string' }, { type: 'number' }, none] },
    { anyOf: [text('a'), none] },
    { anyOf: [text('a'), { type: 'string' }] },
    { anyOf: [JSON.parse(JSON.stringify(user)), none] },
    { anyOf: [{ $ref: '#' }, none] },
  ])
    expect(plain(schema)).toEqual(schema);
});
