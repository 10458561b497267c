import { sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { recordContent } from '../src/index.ts';

test('what an activity was written as is read again', () => {
  const activity = sampleActivity({ metadata: { first: 1, '\n': 2 } });
  expect(recordContent(JSON.stringify(activity))).toEqual({ name: 'ActivityLogged', activity });
});

test.each([
  ['{', 'it is not JSON'],
  ['\ufeff{}', 'it is not JSON'],
  ['7', 'must be a JSON object'],
  [
    JSON.stringify({ ...sampleActivity({ userId: 'secret' }).toJSON(), type: '(secret)', extra: 'secret' }),
    '/extra is not a known field; /type must consist of letters, marks, digits and _ . : / (white space and - become _)',
  ],
])('%.20s is unreadable, with a reason that quotes nothing', (text, reason) => {
  expect(recordContent(text)).toEqual({ name: 'Unreadable', reason });
});
