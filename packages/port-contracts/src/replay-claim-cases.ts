import assert from 'node:assert/strict';
import { letterCases } from './letter-repository-subject.ts';
import { at } from './letters.ts';

/** The promise B11 of `DeadLetterRepository` about claims to replay letters. */
export const replayClaimCases = letterCases({
  B11: {
    async 'exactly one of many concurrent claims succeeds, and holds until it is released or expires'(
      first,
      _,
      subject,
    ) {
      const second = await subject.open();
      const handles = [first, second];
      for (let opened = 2; opened < 8; opened += 1) handles.push(await subject.open());
      const claimAt = (millis: number) => ({ from: at(millis), until: at(millis + 1000) });
      for (const millis of [0, 10_000]) {
        // The claims have slightly different times, because clocks differ.
        const claims = handles.map((handle, index) => handle.claimReplay(claimAt(millis + index)));
        const outcomes = await Promise.all(claims);
        assert.deepEqual(outcomes.filter((outcome) => outcome === 'claimed').length, 1);
        assert.equal(await second.claimReplay(claimAt(millis + 900)), 'taken');
        await second.releaseReplay(claimAt(millis + 900));
        assert.equal(await first.claimReplay(claimAt(millis + 900)), 'taken');
      }
      const held = claimAt(20_000);
      assert.equal(await first.claimReplay(held), 'claimed');
      await first.releaseReplay(held);
      assert.equal(await second.claimReplay(claimAt(20_001)), 'claimed');
      // The claim expires without a release, as if its process had crashed.
      assert.equal(await first.claimReplay(claimAt(21_001)), 'claimed');
    },
    async 'a claim from a clock that was far ahead blocks no other claim'(repository) {
      const ahead = { from: at(1_000_000_000), until: at(1_000_001_000) };
      assert.equal(await repository.claimReplay(ahead), 'claimed');
      assert.equal(await repository.claimReplay({ from: at(0), until: at(1000) }), 'claimed');
    },
  },
});
