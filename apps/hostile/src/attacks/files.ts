import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Attack } from '../attack.ts';
import { jsonRequest, times } from './payloads.ts';

/** S11: data files that other users of the machine can read. */
export const fileAttacks: readonly Attack[] = [
  {
    name: 's11-modes',
    about: '100 activities, stored in a folder that every user may enter',
    isShort: true,
    needsNewService: true,
    onlyOn: 'embedded',
    async send(target) {
      const items = times(100, (index) => ({ userId: `u${index}`, type: 'T' }));
      await target.request(jsonRequest('/api/logs/batch', items));
    },
    check({ location: { folder } }) {
      const readableFiles = readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((file) => ({ file, mode: statSync(join(folder, file)).mode }))
        .filter(({ mode }) => (mode & 0o077) !== 0);
      return readableFiles.map(
        ({ file, mode }) => `${file} is accessible to other users: its mode is ${(mode & 0o777).toString(8)}`,
      );
    },
  },
];
