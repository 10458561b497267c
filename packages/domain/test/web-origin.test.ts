import { describe, expect, test } from 'vitest';
import { RuleBroken, WebOrigin } from '../src/index.ts';

describe('parse', () => {
  test.each([
    'https://shop.example',
    'http://localhost:3000',
    'http://127.0.0.1:8080',
    'https://[::1]:8443',
    'https://xn--bcher-kva.example',
    'https://a_b.example',
    'capacitor://localhost',
    'chrome-extension://abcdefghijklmnop',
  ])('takes %s', (origin) => expect(WebOrigin.parse(origin)).toBe(origin));

  test.each([
    'null',
    '*',
    '',
    'shop.example',
    'https://',
    'https://shop.example/',
    'https://shop.example/path',
    'https://Shop.example',
    'HTTPS://shop.example',
    'https://*.shop.example',
    'https://ann@shop.example',
    'https://shop.example?x',
    'https://shop..example',
    'https://bücher.example',
    'https://shop.example\n',
    'https://shop.example:',
    'https://shop.example:0',
    'file://host',
    `https://${'a'.repeat(300)}`,
    7,
    undefined,
    ['https://shop.example'],
  ])('refuses %j', (raw) => {
    expect(() => WebOrigin.parse(raw)).toThrow('must be an origin such as https://shop.example');
  });

  test.each(['https://shop.example:443', 'http://shop.example:80', 'https://shop.example:65536'])(
    'refuses the port of %s',
    (raw) => expect(() => WebOrigin.parse(raw)).toThrow('must have a port from 1 to 65535'),
  );

  test('accepts a default port of another scheme', () => {
    expect(WebOrigin.parse('http://shop.example:443')).toBe('http://shop.example:443');
  });

  test('matches the pattern for clients', () => {
    expect('https://shop.example:8443').toMatch(new RegExp(WebOrigin.pattern));
  });
});

describe('parseList', () => {
  const origins = Array.from({ length: 21 }, (_, index) => `https://shop-${index}.example`);

  test.each([null, undefined, []])('%j is no origins', (raw) => expect(WebOrigin.parseList(raw)).toEqual([]));

  test('keeps the order, up to 20', () => {
    expect(WebOrigin.parseList(origins.slice(1))).toEqual(origins.slice(1));
  });

  test.each(['https://shop.example', {}, origins, ['https://a.example', 'https://a.example'], ['x']])(
    'refuses %j',
    (raw) => expect(() => WebOrigin.parseList(raw)).toThrow(RuleBroken),
  );
});
