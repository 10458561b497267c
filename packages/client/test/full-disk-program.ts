// Adds to a spool until the disk is full, and prints how many lines it has added. Then it adds a shorter line, which fits.
import { env, stdout } from 'node:process';
import { DiskSpool, SpoolError } from '../src/node/index.ts';

const spool = DiskSpool.open({ folder: env['SPOOL'] ?? '' });
const lineOf = (number: number): string => JSON.stringify({ number, pad: 'x'.repeat(3000) });
let added = 0;
try {
  for (;;) {
    spool.add(lineOf(added));
    added += 1;
  }
} catch (error) {
  if (!(error instanceof SpoolError)) throw error;
}
spool.add('{"number":"last"}');
stdout.write(`added ${added}\n`);
