// Adds lines to a spool until the disk is full. Then adds a shorter line, which still fits, and prints the number of the first lines.
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
