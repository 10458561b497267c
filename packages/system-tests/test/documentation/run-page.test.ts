import { temporaryFolder } from '@user-activity/test-kit';
import { afterAll, expect, test } from 'vitest';
import { runPage } from './run-page.ts';

const folder = temporaryFolder('page-runner');
afterAll(() => folder.remove());

const block = (language: string, text: string): string => `\n\`\`\`${language}\n${text}\n\`\`\`\n`;
const run = (...blocks: readonly string[]): Promise<number> =>
  runPage(blocks.join('\nWords.\n'), { url: 'http://127.0.0.1:4711', folder: folder.path, attempts: 20 });
const echo = (text: string): string => block('bash', `cat <<'END'\n${text}\nEND`);

const uuids = ['01a20dbd-9f54-73c1-ba75-dd2156004b16', '01a20dbd-9f54-73c1-ba75-dd2156004b17'] as const;
const answer = (body: string) =>
  `HTTP/1.1 202 Accepted\r\nx-a: 1\r\nLocation: /logs/${uuids[1]}\r\n\r\n${body}`;

test.each<[string, readonly string[]]>([
  ['JSON in another layout', [echo('{"b":[1,null],"a":"x"}'), block('json', '{ "a": "x", "b": [1, null] }')]],
  [
    'an id and a time other than the shown ones',
    [
      echo(`["${uuids[1]}", "2026-01-01T00:00:00.123Z"]`),
      block('json', `["${uuids[0]}", "2030-01-01T00:00:00.456Z"]`),
    ],
  ],
  [
    'a text that is shown cut off, and any text for an ellipsis',
    [echo('{"cursor":"WzEsMTc","rest":[1]}'), block('json', '{"cursor":"WzE…","rest":"…"}')],
  ],
  [
    'headers that are not shown',
    [
      echo(answer('{"a":1}')),
      block('http', `HTTP/1.1 202 Accepted\nlocation: /logs/${uuids[0]}\n\n{ "a": 1 }`),
    ],
  ],
  ['plain text', [echo('a: 2026-01-01T00:00:00.123Z'), block('text', 'a: 2030-01-01T00:00:00.456Z')]],
  ['no answer', [block('bash', 'true')]],
  [
    'commands in a block that is not run, and a picture',
    [block('sh', 'npm start # prints a curl line'), block('mermaid', 'flowchart LR')],
  ],
  [
    'the URL',
    [block('bash', 'echo http://127.0.0.1:3000/docs'), block('text', 'http://127.0.0.1:4711/docs')],
  ],
  [
    'an id from an answer, in a later command',
    [
      echo(`{"id":"${uuids[1]}","next":"WzEsMTc"}`),
      block('json', `{"id":"${uuids[0]}","next":"WzE…"}`),
      block('bash', `echo ${uuids[0]} WzE…`),
      block('text', `${uuids[0]} WzE…`),
    ],
  ],
  [
    'an answer that is as shown a moment later',
    [block('bash', '# a moment later\necho x >> tries; wc -l < tries'), block('text', '3')],
  ],
])('lets through: %s', async (_, blocks) => {
  expect(await run(...blocks)).toBe(blocks.filter((text) => text.startsWith('\n```bash')).length);
});

test.each<[string, readonly string[], string]>([
  ['another value', [echo('{"a":1}'), block('json', '{"a":2}')], '/a is 1'],
  ['a member that is not there', [echo('{}'), block('json', '{"a":2}')], '/a is missing'],
  ['a member that is not shown', [echo('{"a":2}'), block('json', '{}')], '/a is not shown'],
  ['an item more', [echo('[1,2]'), block('json', '[1]')], '/1 is not shown'],
  ['no JSON', [echo('oops'), block('json', '[1]')], 'the answer is no JSON'],
  ['an object for a list', [echo('{}'), block('json', '[]')], 'the answer is {}'],
  ['an id that is none', [echo('["a-b"]'), block('json', `["${uuids[0]}"]`)], '/0 is "a-b"'],
  [
    'a time that was sent and comes back different',
    [echo('["2026-01-01T00:00:01.000Z"]'), block('json', '["2026-01-01T00:00:02.000Z"]')],
    '/0 is',
  ],
  [
    'two ids where the page shows the same one',
    [echo(JSON.stringify(uuids)), block('json', `["${uuids[0]}","${uuids[0]}"]`)],
    '/1 is',
  ],
  ['another cut', [echo('["XzE"]'), block('json', '["WzE…"]')], '/0 is'],
  [
    'a status other than the shown one',
    [echo(answer('{}')), block('http', 'HTTP/1.1 200 OK\n\n{}')],
    'the status is HTTP/1.1 202 Accepted',
  ],
  [
    'a header other than the shown one',
    [echo(answer('{}')), block('http', 'HTTP/1.1 202 Accepted\nx-a: 2\n\n{}')],
    'the header x-a is 1',
  ],
  [
    'a header that is missing',
    [echo(answer('{}')), block('http', 'HTTP/1.1 202 Accepted\nx-b: 2\n\n{}')],
    'the header x-b is missing',
  ],
  [
    'a body where the page shows none',
    [echo(answer('{}')), block('http', 'HTTP/1.1 202 Accepted')],
    'one has a body',
  ],
  ['other text', [echo('a b'), block('text', 'a')], 'the output is not as shown'],
  ['a command that fails', [block('bash', 'echo told >&2; false')], 'told'],
  [
    'a command that fails in the middle',
    [block('bash', 'false | cat\necho 1'), block('json', '1')],
    'it failed',
  ],
  ['an answer without commands', [block('json', '1')], 'an answer without commands'],
  ['a request that nobody runs', [block('sh', 'curl http://127.0.0.1:3000')], 'a block of "sh" with curl'],
  ['commands in another language', [block('fish', 'false')], 'a block of "fish"'],
  ['commands without a language', [block('', 'false')], 'a block of ""'],
  ['a second answer', [echo('1'), block('json', '1'), block('text', '1')], 'an answer without commands'],
  ['what is never so', [block('bash', '# a moment later\necho 1'), block('json', '2')], 'the answer is 1'],
])('refuses: %s', async (_, blocks, fault) => {
  await expect(run(...blocks)).rejects.toThrow(fault);
});

test('the error names the line of the command', async () => {
  await expect(run('# Title\n', block('bash', 'false'))).rejects.toThrow('Line 5: it failed');
});
