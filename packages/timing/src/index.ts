export { backOff } from './back-off.ts';
export { settlesWithin, within } from './within.ts';
