import { temporaryFolder } from '@user-activity/test-servers';
import { killRounds } from './kill-rounds.ts';

// npm run chaos:embedded -- 50
const kills = Number(process.argv[2] ?? '50');
if (!Number.isInteger(kills) || kills < 1)
  throw new Error('Say how many kills, for example: npm run chaos:embedded -- 50');

const folder = temporaryFolder('chaos');
const report = await killRounds(folder.path, kills, (line) => console.log(line));

const { lost, repeated, foreign, ...numbers } = report;
console.log(
  JSON.stringify({ ...numbers, lost: lost.length, repeated: repeated.length, foreign: foreign.length }),
);
if (lost.length + repeated.length + foreign.length > 0) {
  console.error(JSON.stringify({ lost, repeated, foreign }));
  process.exitCode = 1;
}
if (report.accepted === 0) {
  console.error('Nothing was answered 202, so this shows nothing.');
  process.exitCode = 1;
}
