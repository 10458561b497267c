import { anyActivity, sampleActivity } from '@user-activity/port-contracts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProjectId, recordContent, Timestamp, unlessBroken } from '../src/index.ts';
import { CanonicalTimeParser } from '../src/log/canonical-time-parser.ts';
import { parsePlainActivity } from '../src/log/parse-plain-activity.ts';
import { checkedContent } from '../src/log/record-content.ts';

const names = [
  'project',
  'id',
  'userId',
  'type',
  'metadata',
  'createdAt',
  'receivedAt',
  '__proto__',
  'original',
];
const time = '2026-01-02T03:04:05.678Z';

/** JSON texts of values of which some rule or fast path must take notice. */
const hostile = fc.constantFrom(
  'null',
  'true',
  '0',
  '-0',
  '-0.0',
  '1e400',
  '-1e400',
  '1e-400',
  '9007199254740993',
  '1e20',
  '{}',
  '[]',
  '""',
  '"."',
  '".."',
  '"a"',
  '" a "',
  '"A b"',
  '"login"',
  '"a-1"',
  '"_system"',
  '"root"',
  '"é"',
  '"ß"',
  '"\u2028"',
  '"\u007f"',
  '"\\u0000"',
  '"\\ud800"',
  '"\ud800"',
  '"\\n"',
  '"\\/"',
  '"e\u0301"',
  '"\ufeff"',
  `"${'a'.repeat(128)}"`,
  `"${'a'.repeat(129)}"`,
  `"${'😀'.repeat(256)}"`,
  `"${'A'.repeat(257)}"`,
  `"${time}"`,
  '"2026-02-30T00:00:00.000Z"',
  '"2024-02-29T23:59:59.999Z"',
  '"2026-01-02T03:04:60.000Z"',
  '"2026-01-02t03:04:05.678z"',
  '"2026-01-02T24:00:00.000Z"',
  '"0000-01-01T00:00:00.000Z"',
  '"2026-01-02T03:04:05.6789Z"',
  '{"__proto__":1}',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":1}}',
  '{"constructor":1}',
  '{"prototype":1}',
  '{"a":-0}',
  '{"a":[1,-0]}',
  '{"a":1e400}',
  '{"a":1,"a":2}',
  '{"\\u0061":1,"a":2}',
  '{"\\n":1,"\\\\":2}',
  '{"toJSON":1}',
  '{"":""}',
  '{"a\\u0000":1}',
  '{"0":1,"-1":2}',
  '{"2":1,"1":2}',
  '{"a":"\\ud83d\\ude00"}',
  '{"toString":{}}',
  '{"a":[]}',
  ...[1, 15, 16, 17, 63, 64, 65].map((levels) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`),
  ...[1, 15, 16, 63, 64].map((levels) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`),
);

/** Texts of activities, in which members are missing, repeated or hostile. */
const changedActivity = fc
  .tuple(
    anyActivity,
    fc.array(fc.tuple(fc.constantFrom(...names), hostile), { maxLength: 3 }),
    fc.array(fc.constantFrom(...names), { maxLength: 1 }),
    fc.constantFrom('', ' ', '\n', '\u00a0', ','),
  )
  .map(([activity, added, removed, space]) => {
    const members = Object.entries(activity.toJSON()).map(
      ([name, value]) => [name, JSON.stringify(value)] as const,
    );
    const kept = [...members, ...added].filter(([name]) => !removed.includes(name));
    return `{${kept.map(([name, value]) => `"${name}":${space}${value}`).join(',')}${space}}`;
  });

/** Texts of activities with one part of the text replaced. */
const cutActivity = fc
  .tuple(anyActivity, fc.nat(600), fc.nat(6), fc.string({ unit: 'binary', maxLength: 3 }))
  .map(([activity, start, length, part]) => {
    const text = JSON.stringify(activity);
    return text.slice(0, start) + part + text.slice(start + length);
  });

const named = fc.constantFrom(undefined, ProjectId.default, ProjectId.system, ProjectId.parse('a'));

test('the fast reader and the full rules agree on every record', () => {
  let plain = 0;
  fc.assert(
    fc.property(fc.oneof(changedActivity, cutActivity, hostile), named, (text, project) => {
      if (parsePlainActivity(text) !== undefined) plain += 1;
      const [content, checked] = [recordContent(text, project), checkedContent(text, project)];
      expect(content).toEqual(checked);
      // The order of members must be the same too.
      expect(JSON.stringify(content)).toBe(JSON.stringify(checked));
    }),
    { numRuns: 3000 },
  );
  expect(plain).toBeGreaterThan(0);
});

test('the fast reader reads an ordinary activity, with its project', () => {
  const metadata = { ip: '192.0.2.7', price: 12.5, tags: ['a', null], name: 'é😀' };
  for (const project of [ProjectId.default, ProjectId.parse('a')]) {
    const activity = sampleActivity({ project, metadata });
    expect(parsePlainActivity(JSON.stringify(activity))).toStrictEqual(activity);
  }
});

test.each([
  ['many digits', `[${Array.from({ length: 20_000 }, () => '1e20').join()}]`],
  ['much text', JSON.stringify('é'.repeat(200_000))],
])('metadata that exceeds its limit because of %s is refused', (_, value) => {
  const text = JSON.stringify(sampleActivity({ metadata: { a: 1 } })).replace('"a":1', `"a":${value}`);
  expect(recordContent(text)).toMatchObject({ name: 'Unreadable' });
});

test('the fast reader of times returns what Timestamp.parse returns, or undefined', () => {
  const parser = new CanonicalTimeParser();
  const written = fc
    .integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 })
    .map((millis) => Timestamp.toISO(Timestamp.fromMillis(millis)));
  const changed = fc
    .tuple(written, fc.nat(24), fc.constantFrom('0', '9', '-', ' ', '60', '31', '30', '29', 'Z', ':', ''))
    .map(([text, at, part]) => text.slice(0, at) + part + text.slice(at + part.length));
  fc.assert(
    fc.property(fc.oneof(written, changed), (text) => {
      const moment = parser.parse(text);
      return moment === undefined || moment === unlessBroken(() => Timestamp.parse(text));
    }),
    { numRuns: 3000 },
  );
  fc.assert(fc.property(written, (text) => parser.parse(text) === Timestamp.parse(text)));
});
