import { readMessage } from '@user-activity/topic-contract';
import { expect, test } from 'vitest';
import { poisonProjectHeader, makePoisonRecords } from '../src/load/poison.ts';

test.each([...makePoisonRecords(1, 6).entries()])(
  'the poison message %i is unreadable, and belongs to the project that its header names',
  (_, { value, headers }) => {
    const lists = Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, [bytes]]));
    expect(readMessage({ value, headers: lists })).toMatchObject({
      name: 'Unreadable',
      project: headers[poisonProjectHeader]?.toString(),
    });
  },
);
