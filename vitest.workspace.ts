import { defineConfig } from 'vitest/config';

// Workspace packages are tested from their sources, in Vite's graph and in what Node loads itself.
const conditions = ['@user-activity/source'];
const resolve = { conditions };
const ssr = {
  resolve: {
    conditions: [...conditions, 'node', 'import', 'module', 'default'],
    externalConditions: [...conditions, 'node'],
  },
};

/** The suffix of a test file is its cost: pure, on in-process adapters, on real engines, on the running service. */
const project = (name: string, suffix: string, timeout: number) => ({
  resolve,
  ssr,
  test: {
    name,
    include: [`{packages,apps}/*/test/**/*${suffix}.ts`],
    exclude: ['**/*.{contract,int,e2e}.test.ts'].filter(() => suffix === '.test'),
    testTimeout: timeout,
    hookTimeout: timeout,
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', '.test', 10_000),
      project('contract', '.contract.test', 30_000),
      project('e2e', '.e2e.test', 60_000),
    ],
  },
});
