// A program that logs activities at a steady rate and spools them. After each portion it appends to a ledger how many it has logged, so that
// others know what must not be lost, however the program ends. On SIGTERM it logs no more, flushes, and prints its peak memory.
import { appendFileSync } from 'node:fs';
import { env } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { ActivityClient } from '@user-activity/client';
import { DiskSpool } from '@user-activity/client/node';

const {
  SERVICE_URL: url = '',
  SERVICE_KEY: apiKey = '',
  SPOOL: folder = '',
  LEDGER: ledger = '',
  RUN: run = '',
  RATE: rate = '',
} = env;
const portionMs = 10;

const client = new ActivityClient({ url, apiKey, queue: DiskSpool.open({ folder }) });
const controller = new AbortController();
process.once('SIGTERM', () => controller.abort());

const beganAt = performance.now();
for (let logged = 0; !controller.signal.aborted; ) {
  const due = Math.floor(((performance.now() - beganAt) * Number(rate)) / 1000);
  for (; logged < due; logged += 1)
    client.log({
      id: `${run}-${logged}`,
      userId: `user-${logged % 100}`,
      type: 'VIEW',
      metadata: { page: `/products/${logged}`, referrer: 'https://shop.example/search?q=shoes' },
    });
  appendFileSync(ledger, `${run} ${logged}\n`);
  await delay(portionMs);
}
await client.flush();
await client.close();
process.stdout.write(`peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB\n`);
