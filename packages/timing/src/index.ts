export { backOff } from './back-off.ts';
export { retry } from './retry.ts';
export { settlesWithin, within } from './within.ts';
