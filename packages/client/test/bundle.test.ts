import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { browserBundle } from '@user-activity/test-kit';
import { expect, test } from 'vitest';

test('a page that uses all of the client loads less than 6 kB', async () => {
  const script = await browserBundle(join(import.meta.dirname, '..', 'src', 'index.ts'), 'userActivity');
  expect(gzipSync(script).length).toBeLessThan(6000);
});
