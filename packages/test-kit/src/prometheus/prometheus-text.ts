/** One line of what was scraped. */
export interface Sample {
  /** As it stands: a histogram comes as `_bucket`, `_sum` and `_count`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What was scraped: every sample, and the type and unit of every metric by its name. */
export interface Exposition {
  readonly samples: readonly Sample[];
  readonly types: ReadonlyMap<string, string>;
  readonly units: ReadonlyMap<string, string>;
}

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const value = '(?:[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?|NaN|[+-]Inf)';
const label = '([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\\\\n]|\\\\[\\\\n"])*)"';
const sampleLine = new RegExp(`^(${name})(?:\\{((?:${label},?)*)\\})? (${value})$`, 'i');
const typeLine = new RegExp(`^# TYPE (${name}) (counter|gauge|histogram|summary|untyped)$`);
const unitLine = new RegExp(`^# UNIT (${name}) (\\S+)$`);
const otherLine = /^(?:#.*)?$/;

/**
 * Reads Prometheus's text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats), and no more than that:
 * throws at the first line that is none of it, at a sample of no metric, at one that comes twice, and where the end of the
 * last line is missing.
 */
export function parsePrometheusText(text: string): Exposition {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const units = new Map<string, string>();
  const seen = new Set<string>();
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  for (const line of text.slice(0, -1).split('\n')) {
    const [, typed, type] = typeLine.exec(line) ?? [];
    const [, measured, unit] = unitLine.exec(line) ?? [];
    const sample = sampleOf(line);
    if (typed !== undefined && type !== undefined) {
      if (types.has(typed)) throw new Error(`${typed} has two types.`);
      types.set(typed, type);
    } else if (measured !== undefined && unit !== undefined) units.set(measured, unit);
    else if (sample !== undefined) {
      const series = line.slice(0, line.lastIndexOf(' '));
      if (seen.has(series)) throw new Error(`${series} comes twice.`);
      seen.add(series);
      if (!types.has(metricOf(sample.name, types))) throw new Error(`${sample.name} has no type before it.`);
      samples.push(sample);
    } else if (!otherLine.test(line) || line.startsWith('# TYPE')) throw new Error(`Not a line: ${line}`);
  }
  return { samples, types, units };
}

/** The sum of the samples of that name that have these labels. */
export const sumOf = (
  { samples }: Exposition,
  wanted: string,
  labels: Readonly<Record<string, string>> = {},
): number =>
  samples
    .filter((sample) => sample.name === wanted)
    .filter((sample) => Object.entries(labels).every(([key, one]) => sample.labels[key] === one))
    .reduce((sum, sample) => sum + sample.value, 0);

/** The metric that a sample is of. */
function metricOf(sample: string, types: ReadonlyMap<string, string>): string {
  const histogram = sample.replace(/_(?:bucket|sum|count)$/, '');
  return types.get(histogram) === 'histogram' ? histogram : sample;
}

function sampleOf(line: string): Sample | undefined {
  const [, found, all = '', , , number] = sampleLine.exec(line) ?? [];
  if (found === undefined || number === undefined) return undefined;
  const labels = [...all.matchAll(new RegExp(label, 'g'))].map(
    ([, key = '', text = '']): [string, string] => [
      key,
      text.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char)),
    ],
  );
  return {
    name: found,
    labels: Object.fromEntries<string>(labels),
    value: Number(number.replace('Inf', 'Infinity')),
  };
}
