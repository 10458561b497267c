import { activityLogged } from '@user-activity/domain';
import { anyActivity, anyErasure, sampleActivity } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordFromRow, recordFromEvent, rowFromEvent } from '../src/ports/log-record.ts';

const jsonOf = (project?: unknown): string =>
  JSON.stringify({ ...sampleActivity({ id: 'a' }).toJSON(), project });

/** Each value as a publisher appends it (text), and as a replay appends it (bytes). */
const asTextAndBytes = (json: string) => [json, Uint8Array.from(Buffer.from(json))];

test.each([
  ['no project', asTextAndBytes(jsonOf()), 'default'],
  ['null for a project', asTextAndBytes(jsonOf(null)), 'default'],
  ['the project shop', asTextAndBytes(jsonOf('shop')), 'shop'],
])('a record with %s has the right project', (_, values, project) => {
  for (const value of values)
    expect(recordFromRow('topic', [1, 'user-1', value, null]).content).toMatchObject({
      name: 'ActivityLogged',
      activity: { project, id: 'a' },
    });
});

test.each([
  ['a project in the wrong case', asTextAndBytes(jsonOf('Shop')), '_system'],
  ['an empty project', asTextAndBytes(jsonOf('')), '_system'],
  ['the project of the service', asTextAndBytes(jsonOf('_system')), '_system'],
  ['a project that is too long', asTextAndBytes(jsonOf('a'.repeat(65))), '_system'],
  ['a project that begins with "-"', asTextAndBytes(jsonOf('-shop')), '_system'],
  ['the project of the service', asTextAndBytes(jsonOf('_system')), '_system'],
  ['an unknown project that begins with "_"', asTextAndBytes(jsonOf('_shop')), '_system'],
  ['a project that has a space', asTextAndBytes(jsonOf('a b')), '_system'],
  ['a project that is no string', asTextAndBytes(jsonOf(7)), '_system'],
  ['a project, but breaks another rule', asTextAndBytes('{"project":"shop"}'), 'shop'],
  ['no JSON', asTextAndBytes('{'), 'default'],
  ['bytes that are not UTF-8', [Uint8Array.of(0xff)], 'default'],
  ['no value', [null], 'default'],
])('a record that has %s is unreadable, and has the right project', (_, values, project) => {
  for (const value of values)
    expect(recordFromRow('topic', [1, 'user-1', value, null]).content).toMatchObject({
      name: 'Unreadable',
      project,
    });
});

test('a record that is made from an event equals the record that is read from its row', () => {
  fc.assert(
    fc.property(fc.oneof(anyActivity.map(activityLogged), anyErasure), fc.nat(), (event, offset) => {
      const handedOver = recordFromEvent('topic', offset, event);
      const read = recordFromRow('topic', [offset, ...rowFromEvent(event)]);
      expect({ ...handedOver, raw: handedOver.raw() }).toEqual({ ...read, raw: read.raw() });
      expect(JSON.stringify(handedOver.content)).toBe(JSON.stringify(read.content));
    }),
  );
});
