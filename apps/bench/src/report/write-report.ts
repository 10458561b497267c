import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownOf } from './markdown.ts';
import { plotOf } from './plot.ts';
import type { Report } from './report.ts';

/** Writes `report.json`, `report.md` and `report.svg` to a folder. Creates the folder if it does not exist. */
export function writeReport(report: Report, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(folder, 'report.md'), `${markdownOf(report)}\n`);
  writeFileSync(join(folder, 'report.svg'), plotOf(report));
}
