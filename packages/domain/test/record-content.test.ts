import { sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { ProjectId, recordContent } from '../src/index.ts';

test('a written activity is read unchanged', () => {
  const activity = sampleActivity({ metadata: { first: 1, '\n': 2 } });
  expect(recordContent(JSON.stringify(activity))).toEqual({ name: 'ActivityLogged', activity });
});

test.each([
  ['{', 'the value is not JSON'],
  ['\ufeff{}', 'the value is not JSON'],
  ['7', 'must be a JSON object'],
  [
    JSON.stringify({ ...sampleActivity({ userId: 'secret' }).toJSON(), type: 'secret\0', id: '' }),
    '/id must be 1-128 printable ASCII characters without space; /type must not contain control characters',
  ],
])('%.20s is unreadable, with a reason that quotes no value', (text, reason) => {
  expect(recordContent(text)).toEqual({ name: 'Unreadable', project: 'default', reason });
});

test('the JSON of an activity names its project, unless it is default', () => {
  const activity = sampleActivity({ project: ProjectId.parse('a') });
  expect(activity.toJSON()).toMatchObject({ project: 'a' });
  expect(sampleActivity().toJSON()).not.toHaveProperty('project');
  expect(recordContent(JSON.stringify(activity))).toEqual({ name: 'ActivityLogged', activity });
});

const ownRule = '/project must not begin with "_": such names are the service\'s own';
const differs = 'the value and the headers name different projects';
const rule = '/project must be 1-64 characters of a-z, 0-9 and "-", and must not begin with "-"';

test.each<[string, unknown, string | undefined, string, string]>([
  ['a name in the wrong case', 'A', undefined, '_system', rule],
  ['an empty name', '', undefined, '_system', rule],
  ["the service's own name", '_system', undefined, '_system', ownRule],
  ['a number', 7, undefined, '_system', '/project must be a string'],
  ['another name than its headers', 'a', 'b', '_system', differs],
  ['no name unlike its headers', undefined, 'b', '_system', differs],
  ['a name unlike its headers', 'a', 'default', '_system', differs],
])('a record with %s is unreadable', (_, named, header, project, reason) => {
  const text = JSON.stringify({ ...sampleActivity().toJSON(), project: named });
  const headers = header === undefined ? undefined : ProjectId.parse(header);
  expect(recordContent(text, headers)).toEqual({ name: 'Unreadable', project, reason });
});

test.each<[string, string, string | undefined, string]>([
  ['its value', JSON.stringify({ project: 'a' }), undefined, 'a'],
  ['its value and its headers', JSON.stringify({ project: 'a' }), 'a', 'a'],
  ['its headers, if it is not JSON', '{', 'a', 'a'],
  ['its headers, if it is a list', '[]', 'a', 'a'],
  ['its headers, if it is null', 'null', 'a', 'a'],
  ['none', JSON.stringify({}), undefined, 'default'],
])('an unreadable record belongs to the project in %s', (_, text, header, project) => {
  const headers = header === undefined ? undefined : ProjectId.parse(header);
  expect(recordContent(text, headers)).toMatchObject({ name: 'Unreadable', project });
});

test.each(['root', 'anonymous', '9f86d081884c7d65'])('an audit event of %s belongs to _system', (userId) => {
  const activity = sampleActivity({ project: ProjectId.system, userId });
  const text = JSON.stringify(activity);
  for (const named of [undefined, ProjectId.system])
    expect(recordContent(text, named)).toEqual({ name: 'ActivityLogged', activity });
  for (const named of [ProjectId.default, ProjectId.parse('a')])
    expect(recordContent(text, named)).toEqual({ name: 'Unreadable', project: '_system', reason: differs });
});
