// Measures an outage by hand: `node --conditions=@user-activity/source packages/client/test/outage/measure.ts 1000 300 3` for 1,000
// activities per second, 300 s and 3 kills of the program.
import { argv, stdout } from 'node:process';
import { runOutage } from './outage-run.ts';

const [rate = 1000, seconds = 300, kills = 3] = argv.slice(2).map(Number);
const { lost, ...result } = await runOutage({ rate, seconds, kills });
stdout.write(`${JSON.stringify({ rate, seconds, kills, lost: lost.length, ...result })}\n`);
