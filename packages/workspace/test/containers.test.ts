import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import ajvFormats from 'ajv-formats';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../src/layout.ts';

// There may be no engine to run these with: what they say is all that is judged.

const text = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: object;
  readonly read_only?: boolean;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
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

  test('names the engines to both apps, asks for keys, and exposes the API to this machine alone', () => {
    for (const app of [api, consumer]) {
      expect(app?.environment).toMatchObject({
        KAFKA_BROKERS: 'kafka:9092',
        MONGODB_URI: 'mongodb://mongodb:27017/?replicaSet=rs0',
      });
    }
    expect(api?.environment?.['API_KEYS']).toMatch(/^\$\{API_KEYS:\?/);
    expect(api?.ports).toEqual([`127.0.0.1:\${PORT:-3000}:3000`]);
    // With a port of the host, or a name, there could be only one.
    expect(consumer).not.toHaveProperty('ports');
    expect(consumer).not.toHaveProperty('container_name');
  });

  test('runs the apps without a writable root, and keeps what the engines hold', () => {
    for (const app of [api, consumer]) expect(app).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    for (const engine of Object.values(engines)) expect(engine.volumes).toHaveLength(1);
    for (const service of Object.values(services)) expect(service.healthcheck).toBeDefined();
  });

  test('runs programs that the build makes', () => {
    for (const app of ['api', 'consumer']) {
      const built = services[app]?.command?.find((word) => word.endsWith('.js'));
      expect(built).toBe(`apps/${app}/dist/main.js`);
      expect(text(`apps/${app}/src/main.ts`)).toContain('runConfigured');
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

  test('pins its images and the package manager, and runs as nobody special', () => {
    const images = lines.filter((line) => line.startsWith('FROM '));
    expect(images).toHaveLength(2);
    for (const image of images) expect(image).toMatch(/^FROM node:\d+\.\d+\.\d+-/);
    const { packageManager } = JSON.parse(text('package.json')) as { packageManager: string };
    expect(text('Dockerfile')).toContain(`npm install --global ${packageManager}\n`);
    expect(lines.findLastIndex((line) => line === 'USER node')).toBeGreaterThan(
      lines.findLastIndex((line) => line.startsWith('FROM ')),
    );
  });
});
