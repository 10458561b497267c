import { expect, test } from 'vitest';
import { isLoopback } from '../src/index.ts';

test.each([
  'localhost',
  'LOCALHOST',
  'app.localhost',
  '127.0.0.1',
  '127.255.255.255',
  '::1',
  '[::1]',
  '[::ffff:7f00:1]',
  '::ffff:127.0.0.1',
  '[::FFFF:127.1.2.3]',
])('%s always means this machine', (host) => expect(isLoopback(host)).toBe(true));

test.each([
  '',
  '0.0.0.0',
  '::',
  '10.0.0.7',
  '127.1',
  '2130706433',
  '127.0.0.256',
  '127.0.0.01',
  '0127.0.0.1',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'evil-localhost',
  '.localhost',
  '[127.0.0.1]',
  '[localhost]',
  '[::ffff:a00:1]',
  '[::ffff:10.0.0.7]',
  '[::ffff:127.1]',
  '::127.0.0.1',
  '::2',
])('%s may mean another machine', (host) => expect(isLoopback(host)).toBe(false));
