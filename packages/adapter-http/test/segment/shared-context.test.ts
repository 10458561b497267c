import { createHash } from 'node:crypto';
import { FaultyDraft } from '@user-activity/application';
import { defaultMetadataBytes, ProjectId } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { KeyMask } from '../../src/segment/key-mask.ts';
import { callOfItem } from '../../src/segment/segment-call.ts';
import { SharedContext } from '../../src/segment/shared-context.ts';

const maxBytes = defaultMetadataBytes;
const digestOf = (sent: unknown) => {
  const json = JSON.stringify(sent);
  return { bytes: json.length, sha256: createHash('sha256').update(json).digest('hex') };
};

describe('the context of a batch', () => {
  const call = { type: 'page', userId: 'u' };
  const within = (context: unknown, fields: object = {}) => {
    const shared = new SharedContext(context, maxBytes);
    const around = {
      sender: { project: ProjectId.default },
      maxBytes,
      keyMask: new KeyMask([]),
      context: shared,
    };
    const { draft } = callOfItem({ ...call, ...fields }, around);
    if (draft instanceof FaultyDraft) return expect.fail('it can not be stored');
    return { metadata: draft.activity['metadata'], losses: draft.losses };
  };

  test('is mended, and each call without a context gets it', () => {
    expect(within({ ip: '\ud800' }).metadata).toEqual({
      context: { ip: '\ufffd' },
      original: { context: { json: String.raw`{"ip":"\ud800"}` } },
    });
    expect(within({ ip: '\ud800' }, { context: { ip: 'own' } }).metadata).toEqual({ context: { ip: 'own' } });
  });

  test('is replaced by its digest if metadata cannot hold it, alone or together with the properties', () => {
    const large = { fill: 'x'.repeat(33_000) };
    expect(within(large)).toMatchObject({ metadata: { original: { context: digestOf(large) } }, losses: [] });
    const [properties, context] = [{ a: 'x'.repeat(20_000) }, { b: 'x'.repeat(20_000) }];
    expect(within(context, { properties })).toMatchObject({
      metadata: { ...properties, original: { context: digestOf(context) } },
      losses: [],
    });
  });
});
