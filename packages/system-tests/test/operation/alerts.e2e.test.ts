import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianProgram, temporaryFolder } from '@user-activity/test-kit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Runs promtool, and returns its output. Throws with the output if promtool finds a fault. */
function promtool(...args: readonly string[]): string {
  const program = debianProgram({ program: 'promtool', package: 'prometheus' });
  return execFileSync(program, args, { cwd: join(root, 'deploy', 'prometheus'), encoding: 'utf8' });
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

const { groups } = parse(text('deploy/prometheus/alerts.yaml')) as {
  groups: { readonly rules: readonly Alert[] }[];
};
const alerts = groups.flatMap(({ rules }) => rules);

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const { panels } = JSON.parse(text('deploy/grafana/dashboard.json')) as { panels: readonly Panel[] };
const queries = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));

describe('the metrics of alerts and of the dashboard', () => {
  /** The labels of each metric in docs/metrics.md. */
  const documented = new Map(
    [...text('docs/metrics.md').matchAll(/^\| `(\w+)` +\| (\w+) +\| `[^`]+` +\| ([^|]*)\|/gm)].map(
      ([, name = '', type = '', labels = '']) => [
        name,
        { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label) },
      ],
    ),
  );
  // Prometheus sets these itself. A bucket has `le`.
  const ownLabels = ['job', 'instance', 'le'];

  /** Returns what an expression names and docs/metrics.md does not. */
  function unknownIn(expr: string): readonly string[] {
    const selectors = [
      ...expr.matchAll(/\b((?:user_activity|http_server|nodejs|process|v8js)_\w+)(?:\{([^}]*)\})?/g),
    ];
    const found = selectors.filter(([, name = '']) => !isLabel(name));
    return found.flatMap(([, series = '', conditions = '']) => {
      const metric = documented.get(series) ?? documented.get(series.replace(/_(?:bucket|sum|count)$/, ''));
      if (metric === undefined) return [series];
      const used = [...conditions.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label);
      return used
        .filter((label) => ![...ownLabels, ...metric.labels].includes(label))
        .map((label) => `${series}{${label}}`);
    });
  }
  const labels = new Set([...documented.values()].flatMap((metric) => metric.labels));
  const isLabel = (name: string): boolean => labels.has(name);

  test('are documented, with their labels', () => {
    expect(documented.size).toBeGreaterThan(50);
    expect(alerts.length).toBeGreaterThan(20);
    expect(queries.length).toBeGreaterThan(20);
    for (const { alert, expr } of alerts) expect([alert, unknownIn(expr)]).toEqual([alert, []]);
    for (const { title, expr } of queries) expect([title, unknownIn(expr)]).toEqual([title, []]);
    expect(unknownIn('rate(user_activity_imagined_total[5m])')).toEqual(['user_activity_imagined_total']);
    expect(unknownIn('process_uptime{user_activity_end="fault"}')).toEqual([
      'process_uptime{user_activity_end}',
    ]);
  });
});

test('each label value that an alert or a panel names occurs in the sources', () => {
  const sources = globSync('packages/*/src/**/*.ts', { cwd: root }).map(text).join('\n');
  /** Returns the values of conditions such as `state=~"stalled|dead"`. Omits patterns, such as `5..`. */
  const valuesIn = (expr: string): readonly string[] =>
    [...expr.matchAll(/\w+(?:=~|!~|!=|=)"([\w|-]+)"/g)].flatMap(([, values = '']) => values.split('|'));
  const values = new Set([...alerts, ...queries].flatMap(({ expr }) => valuesIn(expr)));
  values.delete('user-activity');
  expect([...values]).toEqual(expect.arrayContaining(['stalled', 'dead', 'relayAuditEvents', '_OTHER']));
  const unknown = [...values].filter((value) => !new RegExp(`\\b${value}\\b`).test(sources));
  expect(unknown).toEqual([]);
});

describe('an alert', () => {
  const runbook = text('docs/operate/runbook.md');
  const entries = [...runbook.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);

  test('links to its entry in the runbook, which has entries for alerts only', () => {
    expect(entries).toEqual(alerts.map(({ alert }) => alert));
    for (const { alert, annotations, labels } of alerts) {
      expect(annotations.runbook).toBe(`docs/operate/runbook.md#${alert.toLowerCase()}`);
      expect(['critical', 'warning']).toContain(labels.severity);
    }
  });

  test('is valid for Prometheus, and fires when it should', () => {
    expect(promtool('check', 'rules', 'alerts.yaml')).toContain(`SUCCESS: ${alerts.length} rules found`);
    expect(promtool('test', 'rules', 'alerts.test.yaml')).toContain('SUCCESS');
  });
});

test('each query of the dashboard is valid for Prometheus', () => {
  const { path, remove } = temporaryFolder('dashboard');
  onTestFinished(remove);
  const rules = queries.map(({ expr }, index) => ({
    record: `panel:${index}`,
    // Grafana replaces these before it asks Prometheus.
    expr: expr.replaceAll('$__rate_interval', '2m').replaceAll('$job', 'user-activity'),
  }));
  // JSON is YAML.
  writeFileSync(join(path, 'rules.yaml'), JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
  expect(promtool('check', 'rules', join(path, 'rules.yaml'))).toContain(`SUCCESS: ${rules.length} rules`);
});
