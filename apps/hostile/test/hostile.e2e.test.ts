import { expect, test } from 'vitest';
import { kafkaBrokers, mongodbUri } from '@user-activity/test-kit/shared';
import { attacks } from '../src/attacks/attacks.ts';
import { bounds } from '../src/judge.ts';
import { type RunOptions, run } from '../src/run.ts';

// Gaps are not judged here, because other tests run at the same time. `npm run hostile` judges them.
const withoutGap = { ...bounds, gapMs: Number.POSITIVE_INFINITY };

async function violations(
  only: 'embedded' | 'kafka',
  options: Pick<RunOptions, 'engines'>,
): Promise<readonly string[]> {
  const others = only === 'embedded' ? 'kafka' : 'embedded';
  const chosen = attacks.filter((attack) => attack.isShort && attack.onlyOn !== others);
  const short = only === 'embedded' ? chosen : chosen.filter((attack) => attack.onlyOn === 'kafka');
  const outcomes = await run({ ...options, attacks: short, bounds: withoutGap });
  expect(outcomes.length).toBeGreaterThan(1);
  return outcomes.flatMap(({ attack, violations: found }) =>
    found.map(({ kind, detail }) => `${attack.name}: ${kind}: ${detail}`),
  );
}

test('the embedded service holds against all attacks of the short run', async () => {
  expect(await violations('embedded', {})).toEqual([]);
});

test('the service on Kafka and MongoDB holds against all poison messages of the short run', async () => {
  const engines = { brokers: kafkaBrokers(), mongodbUri: mongodbUri() };
  expect(await violations('kafka', { engines })).toEqual([]);
});
