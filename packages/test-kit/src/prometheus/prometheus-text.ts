/** One line of a scrape: a value with its name and labels. */
export interface Sample {
  /** The name of the line. A histogram has lines whose names end with `_bucket`, `_sum` and `_count`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All samples of a scrape, and the type and the unit of each metric by its name. */
export interface Exposition {
  readonly samples: readonly Sample[];
  readonly types: ReadonlyMap<string, string>;
  readonly units: ReadonlyMap<string, string>;
}

const namePattern = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const valuePattern = '(?:[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?|NaN|[+-]Inf)';
const labelPattern = '([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\\\\n]|\\\\[\\\\n"])*)"';
const sampleLine = new RegExp(`^(${namePattern})(?:\\{((?:${labelPattern},?)*)\\})? (${valuePattern})$`, 'i');
const typeLine = new RegExp(`^# TYPE (${namePattern}) (counter|gauge|histogram|summary|untyped)$`);
const unitLine = new RegExp(`^# UNIT (${namePattern}) (\\S+)$`);
const commentOrEmptyLine = /^(?:#.*)?$/;

/**
 * Parses Prometheus's text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats). Throws if a line has
 * another format, if a sample has no type or is repeated, or if the last line is not terminated.
 */
export function parsePrometheusText(text: string): Exposition {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const units = new Map<string, string>();
  const seenSeries = new Set<string>();
  if (!text.endsWith('\n')) throw new Error('The last line is not terminated.');
  for (const line of text.slice(0, -1).split('\n')) {
    const [, typedName, type] = typeLine.exec(line) ?? [];
    const [, unitName, unit] = unitLine.exec(line) ?? [];
    const sample = sampleOf(line);
    if (typedName !== undefined && type !== undefined) {
      if (types.has(typedName)) throw new Error(`${typedName} has two types.`);
      types.set(typedName, type);
    } else if (unitName !== undefined && unit !== undefined) units.set(unitName, unit);
    else if (sample !== undefined) {
      const series = line.slice(0, line.lastIndexOf(' '));
      if (seenSeries.has(series)) throw new Error(`${series} is repeated.`);
      seenSeries.add(series);
      if (!types.has(metricOf(sample.name, types))) throw new Error(`${sample.name} has no type above it.`);
      samples.push(sample);
    } else if (!commentOrEmptyLine.test(line) || line.startsWith('# TYPE'))
      throw new Error(`Not in Prometheus's text format: ${line}`);
  }
  return { samples, types, units };
}

/** Returns the sum of all samples with the given name and at least the given labels. */
export const sumOf = (
  { samples }: Exposition,
  sampleName: string,
  labels: Readonly<Record<string, string>> = {},
): number =>
  samples
    .filter((sample) => sample.name === sampleName)
    .filter((sample) => Object.entries(labels).every(([key, expected]) => sample.labels[key] === expected))
    .reduce((sum, sample) => sum + sample.value, 0);

/** Returns the name of the metric to which a sample belongs. */
function metricOf(sampleName: string, types: ReadonlyMap<string, string>): string {
  const baseName = sampleName.replace(/_(?:bucket|sum|count)$/, '');
  return types.get(baseName) === 'histogram' ? baseName : sampleName;
}

function sampleOf(line: string): Sample | undefined {
  const [, name, labelTexts = '', , , valueText] = sampleLine.exec(line) ?? [];
  if (name === undefined || valueText === undefined) return undefined;
  const labels = [...labelTexts.matchAll(new RegExp(labelPattern, 'g'))].map(
    ([, key = '', text = '']): [string, string] => [
      key,
      text.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char)),
    ],
  );
  return {
    name,
    labels: Object.fromEntries<string>(labels),
    value: Number(valueText.replace('Inf', 'Infinity')),
  };
}
