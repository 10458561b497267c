import { expect, test } from 'vitest';
import { kafkaBrokers, mongodbUri } from '@user-activity/test-kit/shared';
import { attacks } from '../src/attacks/attacks.ts';
import { bounds } from '../src/judge.ts';
import { type RunOptions, run } from '../src/run.ts';

// How long things take is not judged here: `npm run hostile` does.
const withoutGap = { ...bounds, gapMs: Number.POSITIVE_INFINITY };

async function violations(
  only: 'embedded' | 'kafka',
  options: Pick<RunOptions, 'engines'>,
): Promise<readonly string[]> {
  const others = only === 'embedded' ? 'kafka' : 'embedded';
  const chosen = attacks.filter((attack) => attack.short && attack.only !== others);
  const short = only === 'embedded' ? chosen : chosen.filter((attack) => attack.only === 'kafka');
  const outcomes = await run({ ...options, attacks: short, bounds: withoutGap });
  expect(outcomes.length).toBeGreaterThan(1);
  return outcomes.flatMap(({ attack, violations: found }) =>
    found.map(({ kind, detail }) => `${attack.name}: ${kind}: ${detail}`),
  );
}

test('no attack of the short run hurts the embedded service', async () => {
  expect(await violations('embedded', {})).toEqual([]);
});

test('no poison on the topic stops the consumer', async () => {
  const engines = { brokers: kafkaBrokers(), mongodbUri: mongodbUri() };
  expect(await violations('kafka', { engines })).toEqual([]);
});
