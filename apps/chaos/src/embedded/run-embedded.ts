import { temporaryFolder } from '@user-activity/test-kit';
import { runKillRounds } from './run-kill-rounds.ts';

/** Kills the embedded service `kills` times under load, and prints the result. Returns whether the service kept all its promises. */
export async function runEmbedded(kills: number): Promise<boolean> {
  const folder = temporaryFolder('chaos');
  const { lost, repeated, foreign, erasures, ...numbers } = await runKillRounds(folder.path, kills, (line) =>
    console.log(line),
  );
  console.log(
    JSON.stringify({
      ...numbers,
      lost: lost.length,
      repeated: repeated.length,
      foreign: foreign.length,
      erasures: erasures.length,
    }),
  );
  const violations = lost.length + repeated.length + foreign.length + erasures.length;
  if (violations > 0) console.error(JSON.stringify({ lost, repeated, foreign, erasures }));
  if (numbers.accepted === 0) console.error('No request was answered 202, so the run proves nothing.');
  if (numbers.erasedUsers === 0)
    console.error('No user was erased, so the run proves nothing about erasures.');
  return violations === 0 && numbers.accepted > 0 && numbers.erasedUsers > 0;
}
