import { ActivityId, type DeadLetter, LogId, ProjectId, Timestamp } from '@user-activity/domain';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { deadLetterMessage, readDeadLetter } from '../src/index.ts';
import { anyProject } from './projects.ts';

const bytes = fc.uint8Array({ maxLength: 50 });
const headerName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.constantFrom(
    'ce_id',
    '__proto__',
    'user-activity-dead-letter-code',
    'user-activity-dead-letter-project',
    'original-user-activity-dead-letter-code',
  ),
);
const isId = (text: string): boolean => /^[\x21-\x7e]{1,128}$/.test(text) && /[^.]/.test(text);
const anyLetter: fc.Arbitrary<DeadLetter> = fc.record(
  {
    project: fc.oneof(anyProject, fc.constant(ProjectId.system)),
    origin: fc.record(
      {
        topic: fc.string(),
        log: fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/).map((id) => LogId.parse(id)),
        partition: fc.nat(),
        offset: fc.maxSafeNat(),
      },
      { requiredKeys: ['topic', 'partition', 'offset'] },
    ),
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(headerName, fc.array(bytes, { minLength: 1, maxLength: 3 })),
    code: fc.constantFrom('unreadable', 'conflict', 'refused', 'invalid'),
    reason: fc.string(),
    diedAt: fc.integer({ min: 0, max: 4e12 }).map((millis) => Timestamp.fromMillis(millis)),
    activityId: fc
      .string({ unit: 'binary-ascii' })
      .filter(isId)
      .map((text) => ActivityId.parse(text)),
  },
  { requiredKeys: ['project', 'origin', 'key', 'value', 'headers', 'code', 'reason', 'diedAt'] },
);

test('any letter is equal after writing and reading, also one whose record was a dead letter already', () => {
  fc.assert(
    fc.property(anyLetter, (letter) => {
      const message = deadLetterMessage(letter);
      expect(readDeadLetter(message)).toEqual(letter);
      const again = { ...letter, ...message };
      expect(readDeadLetter(deadLetterMessage(again))).toEqual(again);
    }),
  );
});

test('a record with a missing or broken header is not read as a dead letter', () => {
  fc.assert(
    fc.property(anyLetter, fc.nat(5), (letter, which) => {
      const { topic, partition, offset } = letter.origin;
      const { headers, ...message } = deadLetterMessage({
        ...letter,
        project: ProjectId.default,
        origin: { topic, partition, offset },
        headers: {},
      });
      const [missing = ''] = Object.keys(headers).slice(which);
      const { [missing]: _left, ...others } = headers;
      expect(readDeadLetter({ ...message, headers: others })).toBeUndefined();
      const broken = { ...headers, [missing]: [Uint8Array.of(0xff)] };
      expect(readDeadLetter({ ...message, headers: broken })).toBeUndefined();
    }),
  );
});

test('a letter with a missing or invalid activity id can be read', () => {
  fc.assert(
    fc.property(anyLetter, ({ activityId: _none, ...letter }) => {
      const { headers, ...message } = deadLetterMessage(letter);
      const strange = { 'user-activity-dead-letter-activity-id': [Uint8Array.of(0x20)] };
      expect(readDeadLetter({ ...message, headers })).toEqual(letter);
      expect(readDeadLetter({ ...message, headers: { ...headers, ...strange } })).toEqual(letter);
    }),
  );
});

const projectHeader = 'user-activity-dead-letter-project';

test('a letter of the project default has no header for the project, and a letter of any other project has one', () => {
  fc.assert(
    fc.property(anyLetter, (letter) => {
      const { headers } = deadLetterMessage(letter);
      const names = headers[projectHeader]?.map((name) => Buffer.from(name).toString());
      expect(names).toEqual(letter.project === ProjectId.default ? undefined : [letter.project]);
    }),
  );
});

const logHeader = 'user-activity-dead-letter-log';

test('a letter of the first log of its topic has no header for the log; a record with an invalid log id is not read as a dead letter', () => {
  fc.assert(
    fc.property(anyLetter, (letter) => {
      const { headers, ...message } = deadLetterMessage(letter);
      const logs = headers[logHeader]?.map((log) => Buffer.from(log).toString());
      expect(logs).toEqual(letter.origin.log === undefined ? undefined : [letter.origin.log]);
      for (const log of ['', 'a b', 'x'.repeat(65), '\u{ff}'])
        expect(
          readDeadLetter({ ...message, headers: { ...headers, [logHeader]: [Buffer.from(log)] } }),
        ).toBeUndefined();
    }),
  );
});

test('a letter of the previous version, which has no header for the project, belongs to default', () => {
  const about = { code: 'conflict', reason: 'r', topic: 't', partition: '1', offset: '2' };
  const headers = Object.fromEntries(
    Object.entries({ ...about, 'died-at': '2026-01-02T03:04:05.678Z' }).map(([name, text]) => [
      `user-activity-dead-letter-${name}`,
      [Buffer.from(text)],
    ]),
  );
  expect(readDeadLetter({ key: null, value: null, headers })?.project).toBe('default');
});

test.each([
  ['in the wrong case', Buffer.from('Shop')],
  ['that is empty', Buffer.from('')],
  ['of 65 characters', Buffer.from('x'.repeat(65))],
  ['that begins with -', Buffer.from('-a')],
  ['that begins with _', Buffer.from('_x')],
  ['that is not UTF-8', Uint8Array.of(0xff)],
])('a letter with a project %s belongs to _system', (_, name) => {
  fc.assert(
    fc.property(anyLetter, (letter) => {
      const { headers, ...message } = deadLetterMessage(letter);
      const changed = { ...message, headers: { ...headers, [projectHeader]: [name] } };
      expect(readDeadLetter(changed)).toMatchObject({ project: '_system', origin: letter.origin });
    }),
  );
});
