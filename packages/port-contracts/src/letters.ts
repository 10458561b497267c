import assert from 'node:assert/strict';
import {
  type DeadLetter,
  DeadLetterId,
  LogId,
  type ListedLetter,
  ProjectId,
  Timestamp,
} from '@user-activity/domain';

/** Encodes a text as UTF-8. */
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Returns the time that is this many milliseconds after the default time of a letter. */
export const at = (millis: number): Timestamp =>
  Timestamp.fromMillis(Date.parse('2026-01-02T03:04:05.678Z') + millis);

/** Makes a dead letter at an offset. All other fields have defaults. */
export function letterOf(offset: number, change: Partial<DeadLetter> = {}): DeadLetter {
  return {
    project: ProjectId.default,
    origin: { topic: 'user-activity', partition: 0, offset },
    key: bytes('user-1'),
    value: bytes('{"no":"activity"}'),
    headers: {},
    code: 'unreadable',
    reason: '/userId is required',
    diedAt: at(0),
    ...change,
  };
}

/** Makes three letters with the same topic, partition and offset: of the first log of the topic, and of two later logs. Sorted by id. */
export const lettersOfLogs = (offset: number, change: Partial<DeadLetter> = {}): DeadLetter[] =>
  [undefined, 'log-2', 'log-3'].map((log) => {
    const { origin, ...letter } = letterOf(offset, { reason: `on ${log ?? 'the first log'}`, ...change });
    return { ...letter, origin: log === undefined ? origin : { ...origin, log: LogId.parse(log) } };
  });

/** Returns bytes in hexadecimal. More than 1,024 bytes become a checksum, because a failed assertion prints both sides. */
const hex = (data: Uint8Array): string =>
  data.length <= 1024
    ? Buffer.from(data).toString('hex')
    : `${data.length} bytes of sum ${data.reduce((sum, byte) => (sum * 31 + byte) % 4_294_967_291, 7)}`;

/** Returns the letter with its bytes as text, because Buffer and Uint8Array are never deep-equal. */
export const comparable = ({ key, value, headers, ...rest }: DeadLetter): object => ({
  ...rest,
  key: key && hex(key),
  value: value && hex(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, header.map(hex)])),
});

/** Asserts that both lists have the same letters, in any order. */
export function assertSameLetters(found: readonly DeadLetter[], expected: readonly DeadLetter[]): void {
  const sorted = (letters: readonly DeadLetter[]): object[] =>
    letters
      .toSorted((a, b) => (DeadLetterId.of(a.origin) < DeadLetterId.of(b.origin) ? -1 : 1))
      .map(comparable);
  assert.deepEqual(sorted(found), sorted(expected));
}

/** Returns the ids of listed letters, in their order. */
export const idsOf = (letters: readonly ListedLetter[]): DeadLetterId[] => letters.map(({ id }) => id);
