import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import ajvFormats from 'ajv-formats';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../src/layout.ts';

// The machine may have no container engine, so these tests check only what the files say.

const text = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: object;
  readonly read_only?: boolean;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly tmpfs?: readonly string[];
}

describe('docker-compose.yml', () => {
  const compose: unknown = parse(text('docker-compose.yml'), { merge: true });
  const { services } = compose as { services: Readonly<Record<string, Service>> };
  const { api, consumer, ...engines } = services;

  test("keeps to the schema of the Compose specification, as of the specification's commit 170098b", () => {
    const ajv = new Ajv({ allErrors: true, strict: false });
    ajvFormats.default(ajv);
    const schema: unknown = JSON.parse(text('packages/workspace/test/schemas/compose-spec.json'));
    const check = ajv.compile({ ...(schema as object), $schema: 'http://json-schema.org/draft-07/schema#' });
    expect([check(compose), check.errors]).toEqual([true, null]);
    expect(check({ services: { api: { imagine: 'that' } } })).toBe(false);
  });

  test('gives both apps the addresses of the engines, requires API keys, and exposes only the API, and only to this machine', () => {
    for (const app of [api, consumer]) {
      expect(app?.environment).toMatchObject({
        KAFKA_BROKERS: 'kafka:9092',
        MONGODB_URI: 'mongodb://mongodb:27017/?replicaSet=rs0',
      });
    }
    expect(api?.environment?.['API_KEYS']).toMatch(/^\$\{API_KEYS:\?/);
    expect(api?.ports).toEqual([`127.0.0.1:\${PORT:-3000}:3000`]);
    // A consumer with a port of the host or a name could not run several times.
    expect(consumer).not.toHaveProperty('ports');
    expect(consumer).not.toHaveProperty('container_name');
  });

  test('runs the apps on a read-only root, and gives each engine a volume', () => {
    for (const app of [api, consumer]) expect(app).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    for (const engine of Object.values(engines)) expect(engine.volumes).toHaveLength(1);
  });

  test('limits the memory and processes of each service, and has a health check for each', () => {
    for (const service of Object.values(services))
      expect(service).toMatchObject({
        mem_limit: expect.stringMatching(/^\d+g$/) as unknown,
        pids_limit: expect.any(Number) as unknown,
      });
    for (const engine of Object.values(engines)) expect(engine.healthcheck).toBeDefined();
    // The apps use the health check of the image, which asks at the default PORT.
    for (const app of [api, consumer]) {
      expect(app).not.toHaveProperty('healthcheck');
      expect(Object.keys(app?.environment ?? {})).not.toContain('PORT');
    }
  });

  test('runs Kafka and MongoDB in the versions of the tests', () => {
    const [, kafka] =
      /^const version = '(.+)';$/m.exec(text('packages/test-kit/src/kafka/kafka-program.ts')) ?? [];
    expect(services['kafka']?.image).toBe(`apache/kafka:${kafka}`);
    const [, mongod] =
      /^ {2}mongod: '(.+)',$/m.exec(text('packages/test-kit/src/mongodb/mongod-binary.ts')) ?? [];
    expect(services['mongodb']?.image).toBe(`mongo:${mongod}`);
  });

  test('runs the apps by the program of the image', () => {
    for (const app of ['api', 'consumer']) {
      expect(services[app]?.command).toEqual(['user-activity-log', app]);
    }
  });
});

describe('the Dockerfile', () => {
  const lines = text('Dockerfile')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));

  test('has no fault that a linter finds', () => {
    expect(validate(text('Dockerfile'))).toEqual([]);
    const faults = validate('FROM node\nRUM echo\n').map(({ message }) => message);
    expect(faults).toEqual(['Unknown instruction: RUM']);
  });

  test('pins the base image of both stages by tag, or also by digest', () => {
    expect(lines.filter((line) => line.startsWith('FROM '))).toEqual([
      `FROM \${NODE_IMAGE} AS build`,
      `FROM \${NODE_IMAGE}`,
    ]);
    expect(lines[0]).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-[a-z-]+(?:@sha256:[0-9a-f]{64})?$/);
  });

  test('runs as a numeric user who owns the volume', () => {
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
    expect(last.filter((line) => line.startsWith('USER '))).toEqual(['USER 10001:10001']);
    expect(last).toContain('VOLUME /data');
    // Any other user that a deployment chooses has the group 0.
    expect(last).toContain('RUN mkdir /data && chown 10001:0 /data && chmod 0770 /data');
  });

  test('writes only to the volume, because the root may be read-only', () => {
    // Without SQLITE_TMPDIR a sort that does not fit into memory fails with "disk I/O error".
    for (const variable of ['DATA_DIR=/data', 'ROOT_KEY_FILE=/data/root-key', 'SQLITE_TMPDIR=/data'])
      expect(text('Dockerfile')).toMatch(new RegExp(` ${variable}(?: |$)`, 'm'));
  });

  test('has labels with its description and its version', () => {
    const { description, license } = JSON.parse(text('package.json')) as Record<string, string>;
    // A release sets the version.
    expect(lines).toContain('ARG VERSION=unreleased');
    const labels = /^LABEL (?:.*\\\n)*.*$/m.exec(text('Dockerfile'))?.[0] ?? '';
    const told = [...labels.matchAll(/org\.opencontainers\.image\.([a-z.]+)="(.*)"/g)].map(
      ([, name, value]) => [name, value],
    );
    expect(Object.fromEntries(told)).toEqual({
      title: 'user-activity-log',
      description,
      licenses: license,
      version: `\${VERSION}`,
      revision: `\${REVISION}`,
      'base.name': `\${NODE_IMAGE}`,
    });
  });

  test('puts the program of the package on the PATH, and runs it by its name', () => {
    const { bin } = JSON.parse(text('apps/user-activity-log/package.json')) as { bin: object };
    const [[name, file] = []] = Object.entries(bin);
    expect(lines).toContain(`RUN ln -s /app/${file} /usr/local/bin/${name}`);
    const words = [...text('Dockerfile').matchAll(/^ *CMD (.+)$/gm)].map(([, json]): unknown =>
      JSON.parse(String(json)),
    );
    expect(words).toEqual([[name, 'health'], [name]]);
  });
});

test('files with secrets are neither committed nor copied into the image', () => {
  expect(text('.gitignore').split('\n')).toEqual(expect.arrayContaining(['.env', '.env.*', 'data/']));
  expect(text('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['**/.env', '**/.env.*', 'data']));
});
