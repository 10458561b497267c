import { ActivityClient } from '@user-activity/client';
import { describe, test } from 'vitest';
import { apiKey, kindsOfService } from '../deployment/kinds-of-service.ts';
import { Spooler } from './outage/spooler.ts';

/** Activities per second. */
const rate = 1000;
/** `OUTAGE_SECONDS=300` makes the outage longer, and prints the figures. */
const seconds = Number(process.env['OUTAGE_SECONDS'] ?? 5);
const kills = 2;
const timeout = 300_000 + seconds * 4000;

describe.each(kindsOfService)('%s', { timeout }, (kind, start) => {
  test.concurrent('no activity is lost in an outage, even if the program is killed three times', async ({
    expect,
    onTestFinished,
  }) => {
    const service = await start({ onFinished: onTestFinished });
    const client = new ActivityClient({ url: service.url, apiKey });
    const program = new Spooler({ url: service.url, rate, onFinished: onTestFinished });
    await program.untilLogged(rate);
    await service.kill();
    const before = program.logged;
    for (let kill = 1; kill <= kills; kill += 1) {
      await program.untilLogged(before + (rate * seconds * kill) / (kills + 1));
      await program.kill();
    }
    await program.untilLogged(before + rate * seconds);
    const { spoolBytes, oldestFile } = program;
    expect(spoolBytes).toBeGreaterThan(rate * seconds * 100);

    await service.restart();
    const restartedAt = performance.now();
    await program.untilSettled(oldestFile);
    await program.kill();
    await program.untilLogged(program.logged + rate);
    const output = await program.finish();
    const catchUpSeconds = (performance.now() - restartedAt) / 1000;
    expect(program.spoolBytes).toBe(0);

    const { ids } = program;
    await expect.poll(() => client.count(), { timeout }).toBeGreaterThanOrEqual(ids.length);
    const stored = new Set<string>();
    for await (const { id } of client.query({ limit: 500 })) stored.add(id);
    expect(ids.filter((id) => !stored.has(id))).toEqual([]);
    // An activity that was sent again is the same fact.
    expect(await client.deadLetters().next()).toMatchObject({ done: true });
    if (process.env['OUTAGE_SECONDS'] !== undefined)
      process.stdout.write(
        `${kind}: ${seconds} s, ${ids.length} logged, 0 lost, ${spoolBytes} bytes in the spool, ` +
          `empty ${catchUpSeconds.toFixed(0)} s after the start, ${output}\n`,
      );
  });
});
