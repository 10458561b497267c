import { bytesWork } from './bytes.ts';
import { drainWork } from './drain.ts';
import { freshnessWork } from './freshness.ts';
import { ingestWorks } from './ingest.ts';
import { memoryWork } from './memory.ts';
import { pageWorks } from './pages.ts';
import type { Work } from './work.ts';

/** All works, in the order in which they run. */
export const works: readonly Work[] = [
  ...ingestWorks,
  drainWork,
  ...pageWorks,
  bytesWork,
  freshnessWork,
  memoryWork,
];
