import { expect, test } from 'vitest';
import { members, typeScriptProjects } from '../src/layout.ts';

test('the packages, the apps and their TypeScript projects are found', () => {
  expect(members()).toEqual(
    expect.arrayContaining(['packages/domain', 'packages/workspace', 'apps/standalone']),
  );
  expect(typeScriptProjects()).toEqual(
    expect.arrayContaining([
      'packages/domain',
      'packages/domain/test',
      'apps/standalone',
      'apps/standalone/test',
      'packages/system-tests/test',
    ]),
  );
});
