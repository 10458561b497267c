import { expect, test } from 'vitest';
import { readEnvironment } from '../src/config.ts';

test.each([
  [{}, 'http://127.0.0.1:3000'],
  [{ HOST: '', PORT: ' ' }, 'http://127.0.0.1:3000'],
  [{ HOST: '0.0.0.0', PORT: '8080' }, 'http://127.0.0.1:8080'],
  [{ HOST: '::' }, 'http://127.0.0.1:3000'],
  [{ HOST: '::1' }, 'http://[::1]:3000'],
  [{ HOST: '10.1.2.3' }, 'http://10.1.2.3:3000'],
  [{ HOST: '0.0.0.0', PORT: '1', USER_ACTIVITY_URL: ' https://log.example ' }, 'https://log.example'],
])('the variables %j give the URL %s', (variables, url) => {
  expect(readEnvironment(variables)).toEqual({ url, key: undefined });
});

test('the key is the value of API_KEY', () => {
  expect(readEnvironment({ API_KEY: ' a ' }).key).toBe('a');
});
