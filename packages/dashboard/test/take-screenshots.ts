// Takes the screenshots in docs/images from a running demo: `node packages/dashboard/test/take-screenshots.ts [URL]`. The demo
// (`npm run demo`) must have loaded its first month. The screenshots look best after it has run for an hour.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumProgram } from '@user-activity/test-kit';
import { type Browser, chromium } from 'playwright-core';

interface Shot {
  readonly name: string;
  /** The URL fragment of the view. */
  readonly place: string;
  readonly width: 1440 | 400;
  readonly theme: 'light' | 'dark';
  /** The selectors of elements that exist once the view is complete. */
  readonly complete: readonly string[];
}

/** A user of the demo with the seed 1: the analyst who exports too much. */
const analyst = 'aria.diaz@post.example';
const views = {
  explore: {
    place: '#/explore?from=-30d',
    complete: ['.activity-row >> nth=12', '.histogram .time-chart canvas'],
  },
  live: { place: '#/live', complete: ['.live-row >> nth=20'] },
  user: {
    place: `#/user?userId=${encodeURIComponent(analyst)}`,
    complete: ['.activity-line >> nth=8', '.user-overview canvas'],
  },
  health: { place: '#/health', complete: ['.letter >> nth=0', '.health-charts canvas >> nth=3'] },
};

const shot = (view: keyof typeof views, width: Shot['width'], theme: Shot['theme']): Shot => ({
  ...views[view],
  name: `${view}-${width === 400 ? 'narrow-' : ''}${theme}`,
  width,
  theme,
});

const shots: readonly Shot[] = [
  shot('explore', 1440, 'light'),
  shot('explore', 1440, 'dark'),
  shot('live', 1440, 'dark'),
  shot('user', 1440, 'light'),
  shot('health', 1440, 'light'),
  shot('explore', 400, 'dark'),
  shot('live', 400, 'light'),
  shot('user', 400, 'dark'),
  shot('health', 400, 'light'),
];

const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'images');
const height = 860;
const quality = 78;

async function take(
  browser: Browser,
  url: string,
  { name, place, width, theme, complete }: Shot,
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    // Narrow screens have a higher pixel density.
    deviceScaleFactor: width === 400 ? 1.5 : 1,
  });
  const page = await context.newPage();
  await page.goto(`${url}/${place}`);
  for (const selector of complete) await page.locator(selector).waitFor();
  // Chromium can encode WebP, which is a third of the size, but Playwright's own function cannot.
  const session = await context.newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality });
  const bytes = Buffer.from(data, 'base64');
  writeFileSync(join(folder, `${name}.webp`), bytes);
  process.stdout.write(`${name}.webp: ${Math.ceil(bytes.length / 1000)} kB\n`);
  await context.close();
}

const [url = 'http://127.0.0.1:3000'] = process.argv.slice(2);
const { executablePath, env } = chromiumProgram();
const fonts = process.env['FONTCONFIG_FILE'];
const browser = await chromium.launch({
  executablePath,
  env: { ...env, ...(fonts !== undefined && { FONTCONFIG_FILE: fonts }) },
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  mkdirSync(folder, { recursive: true });
  for (const one of shots) await take(browser, url, one);
} finally {
  await browser.close();
}
