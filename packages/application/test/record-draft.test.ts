import { FixedClock, SequentialIds } from '@user-activity/adapter-memory';
import { defaultRecordingRules, KeyId, ProjectId, PublicId } from '@user-activity/domain';
import { expect, test } from 'vitest';
import { recordDraft } from '../src/logging/record-draft.ts';

const publicKey = KeyId.parse('9f86d081884c7d65');
const project = ProjectId.parse('shop');
const draft = { userId: 'ann', type: 'LOGIN' };
const deps = () => ({ clock: new FixedClock(), ids: new SequentialIds(), rules: defaultRecordingRules });

test.each([
  ['of the client', { ...draft, id: 'a' }, 'a'],
  ['that is new', draft, 'id-000001'],
  ['that is new instead of null', { ...draft, id: null }, 'id-000001'],
])('a draft that is sent again with the id %s becomes the same activity', (_, sent, idToRepeat) => {
  for (const sender of [{ project }, { project, publicKey }]) {
    const first = recordDraft(sender, sent, deps());
    expect(first.idToRepeat).toBe(idToRepeat);
    const second = recordDraft(sender, { ...sent, id: first.idToRepeat }, deps());
    expect(second).toEqual(first);
    expect(PublicId.is(first.activity.id)).toBe('publicKey' in sender);
  }
});

test.each([[null], ['text'], [[draft]], [{ ...draft, id: 7 }], [{ ...draft, id: '' }], [{ id: 'a' }]])(
  'the draft %j breaks a rule, whoever sends it',
  (faulty) => {
    for (const sender of [{ project }, { project, publicKey }])
      expect(() => recordDraft(sender, faulty, deps())).toThrow('The activity breaks a rule.');
  },
);
