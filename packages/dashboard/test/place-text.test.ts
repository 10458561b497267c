import { expect, test } from 'vitest';
import { fragmentOf, parsePlace } from '../src/shell/place-text.ts';

test.each([
  ['', '', ''],
  ['#', '', ''],
  ['#/', '', ''],
  ['#/explore', 'explore', ''],
  ['#/explore?userId=a%26b&type=X', 'explore', 'userId=a%26b&type=X'],
  ['#/explore?q=a?b', 'explore', 'q=a%3Fb'],
])('the fragment %j is the view %j with the parameters %j', (fragment, view, query) => {
  const place = parsePlace(fragment);
  expect([place.view, String(place.parameters)]).toEqual([view, query]);
});

test('the fragment for a place is parsed to the same place', () => {
  const parameters = new URLSearchParams([
    ['userId', 'a&b #?=/ ü\u202e'],
    ['metadata.a.b', '1'],
  ]);
  for (const project of [undefined, 'shop']) {
    const place = { project, view: 'explore', parameters };
    const read = parsePlace(fragmentOf(place));
    expect({ ...read, parameters: [...read.parameters] }).toEqual({ ...place, parameters: [...parameters] });
  }
  expect(fragmentOf({ project: 'shop', view: 'live', parameters: new URLSearchParams() })).toBe(
    '#/@shop/live',
  );
});
