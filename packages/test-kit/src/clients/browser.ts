import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { temporaryFolder } from '../process/temporary-folder.ts';
import { chromiumProgram } from './chromium.ts';

/** The time limit of a step in a browser, in ms. It is long, so that no test fails only because the machine is slow. */
export const stepTimeoutMs = 150_000;

/**
 * Runs Chromium for the tests of a file. Returns a function that gets the browser. `hosts` are additional names for this machine.
 * Unlike `localhost`, they do not count as secure in Chromium.
 */
export function browserFor(hosts: readonly string[] = []): () => Browser {
  const home = temporaryFolder('chromium');
  let browser: Browser;
  beforeAll(async () => {
    const { executablePath, env } = chromiumProgram();
    const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
    const rules = hosts.map((host) => `MAP ${host} 127.0.0.1`).join();
    browser = await chromium.launch({
      executablePath,
      timeout: stepTimeoutMs,
      env: { ...env, HOME: home.path },
      args: ['--no-sandbox', '--disable-gpu', `--host-resolver-rules=${rules}`, ...quiet],
    });
  });
  afterAll(async () => {
    await browser.close();
    home.remove();
  });
  return () => browser;
}
