import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Attack } from '../attack.ts';
import { jsonRequest, times } from './payloads.ts';

/** S11: files that other users of the machine could read. */
export const fileAttacks: readonly Attack[] = [
  {
    name: 's11-modes',
    about: 'data in an existing folder that everyone may enter',
    short: true,
    fresh: true,
    only: 'embedded',
    async send(target) {
      const items = times(100, (index) => ({ userId: `u${index}`, type: 'T' }));
      await target.ask(jsonRequest('/api/logs/batch', items));
    },
    check({ place: { folder } }) {
      const open = readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((file) => ({ file, mode: statSync(join(folder, file)).mode }))
        .filter(({ mode }) => (mode & 0o077) !== 0);
      return open.map(({ file, mode }) => `${file} is open to others: ${(mode & 0o777).toString(8)}`);
    },
  },
];
