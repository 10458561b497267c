import { describe, expect, test } from 'vitest';
import { FaultyMember } from '../../src/cloud-events/attributes.ts';
import { parseBinaryEvent } from '../../src/cloud-events/binary-event.ts';

function read(headers: readonly (readonly [string, string])[], body: string | Buffer = '', type?: string) {
  return parseBinaryEvent(
    { rawHeaders: headers.flat(), headers: type === undefined ? {} : { 'content-type': type } },
    Buffer.from(body),
  );
}

describe('a header', () => {
  test.each([
    // The example of the binding, section 3.1.3.2.
    ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['plain', 'plain'],
    ['', ''],
    ['100%25', '100%'],
    ['%2541', '%41'],
    ['%41%e2%82%ac', 'A€'],
    ['a b', 'a b'],
    ['a+b', 'a+b'],
    ['"quoted value"', 'quoted value'],
    [String.raw`"a \"b\" \\ \c %22"`, 'a "b" \\ c "'],
    ['""', ''],
    ['a"b"', 'a"b"'],
    // A client that sends UTF-8 without encoding it. Node decodes headers as Latin-1.
    [Buffer.from('größe').toString('latin1'), 'größe'],
  ])('%j is read as %j', (raw, value) => {
    expect(read([['ce-subject', raw]])).toEqual({ subject: value });
  });

  test.each([
    ['%C0%A0', 'is not UTF-8'],
    ['%ff', 'is not UTF-8'],
    ['\xe9', 'is not UTF-8'],
    ['%ED%A0%80', 'is not UTF-8'],
    ['100%', 'is not well percent-encoded'],
    ['%zz', 'is not well percent-encoded'],
    ['"open', 'is not a well-formed quoted string'],
    ['"a" b', 'is not a well-formed quoted string'],
    [String.raw`"a\"`, 'is not a well-formed quoted string'],
  ])('%j is refused with the reason', (raw, message) => {
    expect(read([['ce-id', raw]])).toEqual({ id: new FaultyMember(message) });
  });

  test('may have any case, and must not be repeated', () => {
    expect(
      read([
        ['CE-Id', '1'],
        ['x-ce-id', '2'],
        ['Host', 'h'],
      ]),
    ).toEqual({ id: '1' });
    expect(
      read([
        ['ce-id', '1'],
        ['Ce-Id', '1'],
      ]),
    ).toEqual({ id: new FaultyMember('must be given once') });
  });

  test.each(['data', 'data_base64', 'datacontenttype'])('ce-%s is refused', (name) => {
    expect(read([[`ce-${name}`, 'AAAA']])[name]).toBeInstanceOf(FaultyMember);
  });

  test('named like the prototype of an object is a normal member', () => {
    expect(Object.keys(read([['ce-__proto__', 'x']]))).toEqual(['__proto__']);
  });
});

describe('the body', () => {
  test.each<[string | undefined, string | Buffer, object]>([
    ['application/json; charset=utf-8', '{"a":"€"}', { data: { a: '€' } }],
    ['application/vnd.example+json', '[1]', { data: [1] }],
    ['TEXT/JSON', '"s"', { data: 's' }],
    ['application/json', ' null', { data: null }],
    ['text/plain', 'größe', { data: 'größe' }],
    ['text/xml;charset="UTF-8"', '<much wow="xml"/>', { data: '<much wow="xml"/>' }],
    ['text/plain; charset=iso-8859-1', 'abc', { data_base64: 'YWJj' }],
    ['text/plain', Buffer.of(0xff), { data_base64: '/w==' }],
    ['application/octet-stream', 'abc', { data_base64: 'YWJj' }],
    ['application/xml', '<a/>', { data_base64: 'PGEvPg==' }],
    ['application/jsonl', '1', { data_base64: 'MQ==' }],
    ['application/json', '', {}],
    ['text/plain', '', {}],
    [undefined, 'abc', { data_base64: 'YWJj' }],
    [undefined, '', {}],
  ])('as %s: %j', (type, body, data) => {
    expect(read([], body, type)).toEqual({
      ...data,
      ...(type === undefined ? {} : { datacontenttype: type }),
    });
  });

  test.each([
    ['application/json', '{', 400],
    ['application/json', Buffer.of(0x22, 0xff, 0x22), 400],
    ['application/json; charset=utf-16', '{}', 415],
  ])('as %s: %j cannot be read', (type, body, status) => {
    expect(() => read([], body, type)).toThrow(expect.objectContaining({ status }));
  });
});
