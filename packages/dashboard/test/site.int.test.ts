import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { siteFolder } from '@user-activity/dashboard';
import { expect, test } from 'vitest';

const maxBytes = 150_000;
const filesThat = (pattern: string): readonly string[] =>
  globSync(pattern, { cwd: fileURLToPath(siteFolder) });
const read = (file: string): Buffer => readFileSync(new URL(file, siteFolder));
const sources = filesThat('{index.html,licenses.md,assets/*.{js,css,svg}}');

test('all files together have less than 150 kB with gzip, and each has compressed copies', () => {
  const compressed = filesThat('**/*.gz');
  expect(compressed.toSorted()).toEqual(sources.map((file) => `${file}.gz`).toSorted());
  expect(filesThat('**/*.br').toSorted()).toEqual(sources.map((file) => `${file}.br`).toSorted());
  expect(compressed.reduce((sum, file) => sum + read(file).length, 0)).toBeLessThan(maxBytes);
});

test('the names of assets contain a hash of their content, so that browsers can cache them', () => {
  const assets = sources.filter((file) => file.startsWith('assets/'));
  expect(assets.filter((file) => !/^assets\/[a-z-]+-[\w-]{8}\.(?:js|css|svg)$/.test(file))).toEqual([]);
  expect(assets.length).toBeGreaterThanOrEqual(3);
});

test('the page has only relative links, and no inline scripts or styles', () => {
  const page = read('index.html').toString();
  const links = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link);
  expect(links.filter((link) => link?.startsWith('./assets/') !== true)).toEqual([]);
  expect(links.length).toBeGreaterThanOrEqual(3);
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
});

test('no code converts strings to HTML or to code', () => {
  for (const file of filesThat('assets/*.js'))
    expect(read(file).toString()).not.toMatch(
      /\beval\(|new Function\(|document\.write|insertAdjacentHTML|outerHTML/,
    );
});
