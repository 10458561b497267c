import { bytes } from './bytes.ts';
import { drain } from './drain.ts';
import { freshness } from './freshness.ts';
import { ingestWorks } from './ingest.ts';
import { memory } from './memory.ts';
import { pageWorks } from './pages.ts';
import type { Work } from './work.ts';

/** All works, in the order in which they run. */
export const works: readonly Work[] = [...ingestWorks, drain, ...pageWorks, bytes, freshness, memory];
