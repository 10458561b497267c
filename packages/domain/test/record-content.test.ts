import { sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { recordContent } from '../src/index.ts';

test('a written activity is read unchanged', () => {
  const activity = sampleActivity({ metadata: { first: 1, '\n': 2 } });
  expect(recordContent(JSON.stringify(activity))).toEqual({ name: 'ActivityLogged', activity });
});

test.each([
  ['{', 'it is not JSON'],
  ['\ufeff{}', 'it is not JSON'],
  ['7', 'must be a JSON object'],
  [
    JSON.stringify({ ...sampleActivity({ userId: 'secret' }).toJSON(), type: 'secret\0', id: '' }),
    '/id must be 1-128 printable ASCII characters without space; /type must not contain control characters',
  ],
])('%.20s is unreadable, with a reason that quotes nothing', (text, reason) => {
  expect(recordContent(text)).toEqual({ name: 'Unreadable', reason });
});
