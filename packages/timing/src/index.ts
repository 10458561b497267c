export { backOff } from './back-off.ts';
export { retry } from './retry.ts';
export { shareRuns } from './share-runs.ts';
export { settlesWithin, within } from './within.ts';
