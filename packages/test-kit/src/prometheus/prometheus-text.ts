/** A sample: one line of an exposition. */
export interface Sample {
  /** The name as written: a histogram has samples `_bucket`, `_sum` and `_count`. */
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

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const value = '(?:[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?|NaN|[+-]Inf)';
const label = '([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\\\\n]|\\\\[\\\\n"])*)"';
const sampleLine = new RegExp(`^(${name})(?:\\{((?:${label},?)*)\\})? (${value})$`, 'i');
const typeLine = new RegExp(`^# TYPE (${name}) (counter|gauge|histogram|summary|untyped)$`);
const unitLine = new RegExp(`^# UNIT (${name}) (\\S+)$`);
const otherLine = /^(?:#.*)?$/;

/**
 * Parses Prometheus's text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats). Throws if a line has
 * another format, if a sample has no metric or is repeated, or if the last line is not terminated.
 */
export function parsePrometheusText(text: string): Exposition {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const units = new Map<string, string>();
  const seen = new Set<string>();
  if (!text.endsWith('\n')) throw new Error('The last line is not terminated.');
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
      if (seen.has(series)) throw new Error(`${series} is repeated.`);
      seen.add(series);
      if (!types.has(metricOf(sample.name, types))) throw new Error(`${sample.name} has no type above it.`);
      samples.push(sample);
    } else if (!otherLine.test(line) || line.startsWith('# TYPE'))
      throw new Error(`Not the text format: ${line}`);
  }
  return { samples, types, units };
}

/** Returns the sum of the samples with that name and at least these labels. */
export const sumOf = (
  { samples }: Exposition,
  wanted: string,
  labels: Readonly<Record<string, string>> = {},
): number =>
  samples
    .filter((sample) => sample.name === wanted)
    .filter((sample) => Object.entries(labels).every(([key, expected]) => sample.labels[key] === expected))
    .reduce((sum, sample) => sum + sample.value, 0);

/** Returns the name of a sample's metric. */
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
