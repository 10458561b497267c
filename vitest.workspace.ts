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

/** What a test costs, by the suffix of its file; `.test.ts` alone is a pure one. */
const suffixes = ['contract', 'int', 'e2e'];

interface Cost {
  readonly name: string;
  readonly include: string;
  readonly exclude?: readonly string[];
  /** Far more than a test needs: a slow machine is no failure. Only a test that hangs should meet it. */
  readonly timeout: number;
}

const project = ({ name, include, exclude = [], timeout }: Cost, order: number) => ({
  resolve,
  ssr,
  test: {
    name,
    include: [`{packages,apps}/*/test/**/${include}`],
    exclude: ['**/node_modules/**', '**/test/fixtures/**', ...exclude],
    testTimeout: timeout,
    hookTimeout: timeout,
    // The cheap ones first, and none of them beside services under load.
    sequence: { groupOrder: order },
  },
});

const costs: readonly Cost[] = [
  {
    name: 'unit',
    include: '*.test.ts',
    exclude: suffixes.map((suffix) => `**/*.${suffix}.test.ts`),
    timeout: 30_000,
  },
  { name: 'contract', include: '*.contract.test.ts', timeout: 60_000 },
  { name: 'int', include: '*.int.test.ts', timeout: 60_000 },
  { name: 'e2e', include: '*.e2e.test.ts', timeout: 180_000 },
];

export default defineConfig({ test: { projects: costs.map(project) } });
