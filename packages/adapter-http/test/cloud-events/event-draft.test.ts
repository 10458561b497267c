import { FaultyDraft } from '@user-activity/application';
import { ActivityId, maxMetadataBytes, type Violation } from '@user-activity/domain';
import { anyMetadata } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { draftFromEvent } from '../../src/cloud-events/event-draft.ts';

const required = { specversion: '1.0', id: 'A234', source: '/mycontext', type: 'com.example.someevent' };
const event = (fields: object = {}) => ({ ...required, subject: '123', ...fields });

const draftOf = (fields: object = {}): Record<string, unknown> => {
  const { draft } = draftFromEvent(event(fields), maxMetadataBytes);
  if (draft instanceof FaultyDraft) throw new Error(JSON.stringify(draft.violations));
  return draft as Record<string, unknown>;
};
const metadataOf = (fields: object = {}) => draftOf(fields)['metadata'];

function faultsOf(raw: unknown): readonly Violation[] {
  const { draft } = draftFromEvent(raw, maxMetadataBytes);
  if (!(draft instanceof FaultyDraft)) throw new Error('The event breaks no rule.');
  return draft.violations;
}

describe('an event', () => {
  test('becomes an activity of its subject', () => {
    expect(
      draftOf({
        time: '2018-04-05T17:31:00Z',
        comexampleextension1: 'value',
        comexampleothervalue: 5,
        flag: false,
        unsetextension: null,
        dataschema: 'https://schema.example/1',
        datacontenttype: 'application/json',
        data: { appinfoA: 'abc', appinfoB: 123, appinfoC: true },
      }),
    ).toEqual({
      id: `ce_${createHash('sha256').update('["/mycontext","A234"]').digest('base64url')}`,
      userId: '123',
      type: 'COM.EXAMPLE.SOMEEVENT',
      createdAt: '2018-04-05T17:31:00Z',
      metadata: {
        appinfoA: 'abc',
        appinfoB: 123,
        appinfoC: true,
        cloudevent: {
          ...required,
          comexampleextension1: 'value',
          comexampleothervalue: 5,
          flag: false,
          dataschema: 'https://schema.example/1',
          datacontenttype: 'application/json',
        },
      },
    });
  });

  test('with only the required attributes has no time and no data', () => {
    const bare = { time: null, dataschema: null, datacontenttype: null, data_base64: null };
    expect(draftOf(bare)).toEqual({
      id: expect.stringMatching(/^ce_[\w-]{43}$/) as unknown,
      userId: '123',
      type: 'COM.EXAMPLE.SOMEEVENT',
      metadata: { cloudevent: required },
    });
  });

  test('is identified by source and id together, not by their concatenation', () => {
    const ids = [
      draftOf({ source: 'a', id: 'bc' }),
      draftOf({ source: 'ab', id: 'c' }),
      draftOf({ source: 'a","b', id: 'c' }),
      draftOf({ source: 'a', id: 'b","c' }),
      draftOf({ source: 'a', id: 'bc', type: 'other' }),
    ].map(({ id }) => ActivityId.parse(id));
    expect(new Set(ids).size).toBe(4);
    expect(ids[4]).toBe(ids[0]);
  });

  test.each([
    ['com.github.pull_request.opened', 'COM.GITHUB.PULL_REQUEST.OPENED'],
    ['Order (paid) #7 – €', 'ORDER_(PAID)_#7_€'],
    ['größe', 'GRÖSSE'],
  ])('with the type %s keeps it as given, and has its canonical form', (type, canonical) => {
    expect(draftOf({ type })).toMatchObject({ type: canonical, metadata: { cloudevent: { type } } });
  });
});

describe('data', () => {
  test.each<[string, object, object]>([
    ['an object', { data: { a: { b: [1, null] }, '': 0 } }, { a: { b: [1, null] }, '': 0 }],
    ['an empty object', { data: {} }, {}],
    ['an array', { data: [1, { a: 2 }] }, { data: [1, { a: 2 }] }],
    ['a string', { data: "I'm just a string" }, { data: "I'm just a string" }],
    [
      'a string of another notation',
      { data: '<much wow="xml"/>', datacontenttype: 'text/xml' },
      { data: '<much wow="xml"/>' },
    ],
    ['null', { data: null }, { data: null }],
    ['false', { data: false }, { data: false }],
    ['a number', { data: 0 }, { data: 0 }],
    ['base64', { data_base64: 'Zm9vYg==' }, { data_base64: 'Zm9vYg==' }],
    ['no bytes', { data_base64: '' }, { data_base64: '' }],
    [
      'an object with a member cloudevent',
      { data: { cloudevent: 1, a: 2 } },
      { data: { cloudevent: 1, a: 2 } },
    ],
  ])('as %s has its own member', (_, fields, metadata) => {
    const { datacontenttype } = fields as { datacontenttype?: string };
    expect(metadataOf(fields)).toEqual({
      ...metadata,
      cloudevent: { ...required, ...(datacontenttype === undefined ? {} : { datacontenttype }) },
    });
  });

  test.each(['A', 'AAA', 'AAAA=', '====', 'A===', 'AA=A', 'AAA-', 'AA A', '... base64 encoded string ...'])(
    'data_base64 %j is not base64',
    (data_base64) => {
      expect(faultsOf(event({ data_base64 }))).toEqual([
        { path: '/data_base64', message: 'must be base64 (RFC 4648, section 4)' },
      ]);
    },
  );
});

test('any JSON as data stays deep-equal in the metadata, whichever member holds it', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), anyMetadata), (data) => {
      const { cloudevent, ...others } = metadataOf({ data }) as Record<string, unknown>;
      expect(cloudevent).toEqual(required);
      expect([others, others['data']]).toContainEqual(data);
    }),
    { numRuns: 300, examples: [[{ cloudevent: 1 }], [{ data: 1 }], [{ data_base64: 'x' }], [[]]] },
  );
});

describe('faults', () => {
  test.each<[string, unknown, string, string]>([
    ['no object', 'text', '', 'must be a JSON object'],
    ['an array', [event()], '', 'must be a JSON object'],
    ['another version', event({ specversion: '0.3' }), '/specversion', 'must be "1.0"'],
    ['a version that is a number', event({ specversion: 1 }), '/specversion', 'must be a string'],
    ['no version', event({ specversion: undefined }), '/specversion', 'is required'],
    ['an empty id', event({ id: '' }), '/id', 'must not be empty'],
    ['an id of null', event({ id: null }), '/id', 'is required'],
    [
      'an id that is too long',
      event({ id: 'x'.repeat(maxMetadataBytes + 1) }),
      '/id',
      'must be at most 262144 characters',
    ],
    ['an empty source', event({ source: '' }), '/source', 'must not be empty'],
    ['an empty type', event({ type: '' }), '/type', 'must not be empty'],
    ['a type that is too long', event({ type: 'x'.repeat(257) }), '/type', 'must be 1-256 characters'],
    ['no subject', event({ subject: undefined }), '/subject', 'is required'],
    ['a subject of null', event({ subject: null }), '/subject', 'is required'],
    ['a subject of blanks', event({ subject: '  ' }), '/subject', 'must be 1-256 characters after trimming'],
    [
      'an invalid time',
      event({ time: 'yesterday' }),
      '/time',
      'must be an RFC 3339 date-time such as 2026-11-24T08:30:00Z',
    ],
    [
      'an invalid content type',
      event({ datacontenttype: 'json' }),
      '/datacontenttype',
      'must be a media type such as application/json',
    ],
    ['an empty schema', event({ dataschema: '' }), '/dataschema', 'must not be empty'],
    [
      'both kinds of data',
      event({ data: 1, data_base64: 'AAAA' }),
      '/data_base64',
      'must be absent if there is data',
    ],
    [
      'an extension in upper case',
      event({ Ext: 'x' }),
      '/Ext',
      'must have a name of lower-case letters and digits',
    ],
    [
      'an extension with a dash',
      event({ 'a-b': null }),
      '/a-b',
      'must have a name of lower-case letters and digits',
    ],
    [
      'an extension without a name',
      event({ '': 'x' }),
      '/',
      'must have a name of lower-case letters and digits',
    ],
    [
      'the name `__proto__`',
      JSON.parse(JSON.stringify(event()).replace('{', '{"__proto__":"x",')),
      '/__proto__',
      'must have a name of lower-case letters and digits',
    ],
    [
      'an extension that is an object',
      event({ ext: {} }),
      '/ext',
      'must be a string, a boolean or an integer of 32 bits',
    ],
    ['a fraction', event({ ext: 1.5 }), '/ext', 'must be a string, a boolean or an integer of 32 bits'],
    [
      'an integer of 33 bits',
      event({ ext: 2 ** 31 }),
      '/ext',
      'must be a string, a boolean or an integer of 32 bits',
    ],
    [
      'a control character',
      event({ ext: 'a\nb' }),
      '/ext',
      'must not contain control characters, noncharacters or unpaired surrogates',
    ],
    [
      'an unpaired surrogate',
      event({ id: '\ud800' }),
      '/id',
      'must not contain control characters, noncharacters or unpaired surrogates',
    ],
    [
      'a noncharacter',
      event({ source: '\uffff' }),
      '/source',
      'must not contain control characters, noncharacters or unpaired surrogates',
    ],
  ])('%s', (_, raw, path, message) => {
    expect(faultsOf(raw)).toEqual([{ path, message }]);
  });

  test.each([2 ** 31 - 1, -(2 ** 31), 0, '', true])('an extension may be %j', (ext) => {
    expect(metadataOf({ ext })).toMatchObject({ cloudevent: { ext } });
  });

  test('are all listed by their paths in the event, including those of the data', () => {
    const raw = {
      specversion: '1',
      subject: '',
      ext: [],
      time: 'x',
      data: { a: { b: '\ud800' }, __proto__: null },
    };
    expect(faultsOf(raw).map(({ path }) => path)).toEqual([
      '/specversion',
      '/id',
      '/source',
      '/type',
      '/subject',
      '/time',
      '/ext',
      '/data/a/b',
    ]);
  });

  test('in a hostile event are listed up to a limit', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`A${index}`, 1]));
    expect(faultsOf(many)).toHaveLength(33);
  });
});

describe('violations from the domain have paths in the event', () => {
  test.each<[object, string, string]>([
    [{}, '/createdAt', '/time'],
    [{}, '', ''],
    [{ data: { a: 1 } }, '/metadata/a', '/data/a'],
    [{ data: { data: 1 } }, '/metadata/data/x', '/data/data/x'],
    [{ data: { cloudevents: 1 } }, '/metadata/cloudevents', '/data/cloudevents'],
    [{ data: { a: 1 } }, '/metadata', '/data'],
    [{ data: { a: 1 } }, '/metadata/cloudevent/source', '/source'],
    [{ data: [1] }, '/metadata/data/0', '/data/0'],
    [{ data: [1] }, '/metadata', '/data'],
    [{ data: { cloudevent: {} } }, '/metadata/data/cloudevent', '/data/cloudevent'],
    [{ data_base64: 'AAAA' }, '/metadata', '/data_base64'],
    [{}, '/metadata', ''],
  ])('in %j, %s becomes %s', (fields, path, sent) => {
    expect(draftFromEvent(event(fields), maxMetadataBytes).restorePath({ path, message: 'm' })).toEqual({
      path: sent,
      message: 'm',
    });
  });
});
