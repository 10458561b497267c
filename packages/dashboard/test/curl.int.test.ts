import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { curlCommand, quoteForShell } from '../src/shared/curl.ts';

test.each(['plain', "it's", '$HOME `id` "x" \\', 'a\nb', "''"])(
  'a shell reads the quoted text %j unchanged',
  (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${quoteForShell(text)}`], { encoding: 'utf8' })).toBe(text);
  },
);

test('a curl command contains a shell variable instead of the key', () => {
  const url = 'http://127.0.0.1:3000/api/logs/a';
  expect(curlCommand(url, { hasKey: false, project: undefined })).toBe(`curl -sS '${url}'`);
  expect(curlCommand(url, { hasKey: true, project: 'shop' })).toBe(
    `curl -sS -H "Authorization: Bearer $USER_ACTIVITY_KEY" -H 'X-Project: shop' '${url}'`,
  );
});

test('a curl command with a file fails and writes no file if the service refuses', () => {
  expect(curlCommand('http://127.0.0.1/a', { hasKey: false, project: undefined, file: 'a.csv' })).toBe(
    `curl -sS --fail -o 'a.csv' 'http://127.0.0.1/a'`,
  );
});
