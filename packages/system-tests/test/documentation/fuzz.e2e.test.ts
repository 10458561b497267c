import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fuzz, parsePrometheusText, ServiceProcess, sumOf, temporaryFolder } from '@user-activity/test-kit';
import { expect, onTestFinished, test } from 'vitest';

/** `FUZZ_SEED=7 npm run vitest -- run packages/system-tests/test/documentation/fuzz.e2e.test.ts` makes other requests, or repeats those that failed. */
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
/** The number of examples for all operations together, so that more operations take no more time. */
const examples = 900;
const minRequests = 5000;
const counted = 'http_server_request_duration_count';

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Shape>> };
}
interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Record<string, { readonly schema?: Shape }> }>
  >;
}
interface Shape {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Fuzzes a service. Resolves with the fuzzer's output, and with the service's counts of answers by operation and status. */
async function fuzzed(key: string | undefined) {
  const folder = temporaryFolder('fuzz');
  const environment = {
    LOG_LEVEL: 'warn',
    ANONYMISATION_KEY: 'a-secret-of-thirty-two-characters',
    ...(key === undefined ? {} : { API_KEYS: key }),
  };
  const service = new ServiceProcess({ folder: join(folder.path, 'data'), environment });
  onTestFinished(async () => {
    await service.end('SIGKILL');
    folder.remove();
  });
  const url = await service.ready();
  const headers: Record<string, string> = key === undefined ? {} : { Authorization: `Bearer ${key}` };
  const answer = async (path: string): Promise<Response> => {
    const response = await fetch(`${url}${path}`, { headers });
    expect(response.status).toBe(200);
    return response;
  };
  const document = (await (await answer('/openapi.json')).json()) as OpenApi;
  const { paths } = document;
  writeFileSync(join(folder.path, 'schemathesis.toml'), configuration(document));
  const operations = Object.values(paths).flatMap((methods) => Object.keys(methods)).length;
  const given = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const { passed, output } = await fuzz({
    url,
    seed,
    folder: folder.path,
    hooks: import.meta.dirname,
    // A stream has no end, so each request for one would wait for its time limit.
    arguments: [
      '--exclude-operation-id',
      'followActivities',
      '--max-examples',
      String(Math.ceil(examples / operations)),
      ...given,
    ],
  });
  const measured = parsePrometheusText(await (await answer('/metrics')).text());
  const answers = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => {
      const route = path.replaceAll(/\{(\w+)\}/g, ':$1');
      const ofRoute = { http_request_method: method.toUpperCase(), http_route: route };
      const statuses = new Set(
        measured.samples.flatMap(({ labels }) => labels['http_response_status_code'] ?? []),
      );
      const counts = [...statuses].toSorted().flatMap((status): [string, number][] => {
        const count = sumOf(measured, counted, { ...ofRoute, http_response_status_code: status });
        return count === 0 ? [] : [[status, count]];
      });
      return { operation: `${method} ${path}`, counts: Object.fromEntries(counts) };
    }),
  );
  return { passed, output, answers, service };
}

/** Returns the fuzzer's configuration, without the checks that do not apply. */
function configuration({ paths, components }: OpenApi): string {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  // One bad item is no bad request if the answer lists rejected items. If there are several kinds of body,
  // the fault may be in a header that only another kind has.
  const lenient = operations.filter(
    ({ requestBody, responses }) =>
      Object.keys(requestBody?.content ?? {}).length > 1 ||
      Object.entries(responses).some(([status, { content }]) => {
        const name = content?.['application/json']?.schema?.$ref?.split('/').at(-1) ?? '';
        return status.startsWith('2') && components.schemas[name]?.properties?.['rejected'] !== undefined;
      }),
  );
  return `
hooks = "fuzz_hooks"
request-timeout = 60
# Otherwise it takes nearly all values from answers, and asks a hundred times for the one id that it knows.
[phases.fuzzing.extra-data-sources]
responses = false
[checks]
# An activity that was answered 202 is stored a moment later, and 404 until then.
ensure_resource_availability.enabled = false
[[operations]]
include-operation-id = ${JSON.stringify(lenient.map(({ operationId }) => operationId))}
checks.negative_data_rejection.expected-statuses = ["2xx", "4xx"]
`;
}

const total = (counts: Readonly<Record<string, number>>, class_ = ''): number =>
  Object.entries(counts)
    .filter(([status]) => status.startsWith(class_))
    .reduce((sum, [, count]) => sum + count, 0);

test('valid and invalid requests, with and without keys, never get a 5xx, and each response is as documented', async ({
  annotate,
}) => {
  const runs = await Promise.all([fuzzed(undefined), fuzzed('fuzz-key')]);
  const answers = runs.flatMap((run) => run.answers);
  const all = answers.reduce((sum, { counts }) => sum + total(counts), 0);
  const good = answers.reduce((sum, { counts }) => sum + total(counts, '2'), 0);
  process.stdout.write(
    `fuzzed: ${all} requests with seed ${seed}, ${Math.round((100 * good) / all)} % of them answered 2xx\n`,
  );
  await annotate(`seed ${seed}: ${JSON.stringify(answers, undefined, 1)}`);
  for (const { passed, output } of runs) expect(passed ? 'passed' : output).toBe('passed');
  for (const { service } of runs) expect(service.output).not.toContain('"level":50');
  expect(all).toBeGreaterThanOrEqual(minRequests);
  expect(good / all).toBeGreaterThan(0.4);
  expect(all - good).toBeGreaterThan(300);
  const without2xx = answers.filter(({ counts }) => total(counts, '2') === 0);
  expect(new Set(without2xx.map(({ operation }) => operation))).toEqual(new Set(['get /api/logs/stream']));
  expect(answers.filter(({ counts }) => total(counts, '5') > 0)).toEqual([]);
}, 600_000);
