import { sampleActivity, sampleErasure } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { activityLogged, eventContent, eventTypes, headersOfEvent, textOfEvent } from '../src/index.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const erasure = sampleErasure();
const [own, other] = [bytes(eventTypes.ErasureRequested), bytes('another.type')];

test('an event is read back from its text and the headers that were made for it', () => {
  for (const event of [erasure, activityLogged(sampleActivity())])
    expect(eventContent(textOfEvent(event), headersOfEvent(event))).toEqual(event);
});

test.each<[string, readonly Uint8Array[], string]>([
  ['the type of an erasure', [own], 'ErasureRequested'],
  ['the type of an erasure at the end', [other, own], 'ErasureRequested'],
  ['another type at the end', [own, other], 'Unreadable'],
  ['a longer type', [bytes(`${eventTypes.ErasureRequested}${'x'.repeat(100)}`)], 'Unreadable'],
  ['an empty type', [new Uint8Array()], 'Unreadable'],
  ['no type', [], 'Unreadable'],
])('the text of an erasure with %s is read as the last of its types says', (_, values, name) => {
  expect(eventContent(textOfEvent(erasure), { ce_type: values }).name).toBe(name);
});
