import { describe, expect, test } from 'vitest';
import { EngineChoice, everyEngine, sharedEngines } from '../src/index.ts';
import { memoryEngines } from './memory-engine.ts';

const { memoryLog, memoryStore } = memoryEngines();
const choice = new EngineChoice({
  logs: [...everyEngine.logs, memoryLog],
  stores: [...everyEngine.stores, memoryStore],
});
const kafka = { KAFKA_BROKERS: 'a:9092' };
const mongodb = { MONGODB_URI: 'mongodb://db' };

describe('with one more log and store', () => {
  test.each([
    [
      'a chosen log needs a chosen store',
      kafka,
      ['MONGODB_URI or MEMORY_STORE must be set together with KAFKA_BROKERS'],
    ],
    [
      'a chosen store needs a chosen log',
      mongodb,
      ['KAFKA_BROKERS or MEMORY_TOPIC must be set together with MONGODB_URI'],
    ],
    [
      'another variable of a log needs a chosen log and a chosen store',
      { MEMORY_GROUP: 'g' },
      [
        'KAFKA_BROKERS or MEMORY_TOPIC must be set together with MEMORY_GROUP',
        'MONGODB_URI or MEMORY_STORE must be set together with MEMORY_GROUP',
      ],
    ],
    [
      'two chosen stores exclude each other',
      { ...kafka, ...mongodb, MEMORY_STORE: 'x' },
      ['MONGODB_URI and MEMORY_STORE exclude each other: set only one of them'],
    ],
    [
      'the faults of the chosen log are included',
      { ...mongodb, ...kafka, KAFKA_PASSWORD: 'x' },
      [
        'KAFKA_SASL_MECHANISM must be set together with KAFKA_PASSWORD',
        'KAFKA_USERNAME must be set together with KAFKA_PASSWORD',
      ],
    ],
    ['any log goes with any store', { ...kafka, MEMORY_STORE: 'x' }, []],
    ['without variables, both are embedded', {}, []],
  ])('%s', (_, given, faults) => expect(choice.faults(given)).toEqual(faults));

  test('log and store are chosen independently', () => {
    const engines = choice.settings({
      ...kafka,
      KAFKA_SSL: 'false',
      KAFKA_TOPIC: 't',
      KAFKA_GROUP_ID: 'g',
      KAFKA_PARTITIONS: 1,
      KAFKA_RETENTION_DAYS: 1,
      MEMORY_STORE: 'here',
      START_TIMEOUT_MS: 1,
    });
    expect([engines.log.name, engines.store.name]).toEqual(['Kafka', 'the store in memory']);
    expect(engines.store.settings).toEqual({ place: 'here' });
  });

  test('`settings` throws if the variables are invalid', () => {
    const settings = () => choice.settings({ ...kafka, MEMORY_STORE: 'here', START_TIMEOUT_MS: 1 });
    expect(settings).toThrow('The variables of Kafka are invalid, which should have been checked before.');
  });
});

test('processes that share their data need a log and a store that can be shared', () => {
  const shared = new EngineChoice(sharedEngines);
  expect(shared.faults({})).toEqual(['KAFKA_BROKERS must be set', 'MONGODB_URI must be set']);
  expect(shared.faults({ ...kafka, ...mongodb })).toEqual([]);
  expect(Object.keys(shared.variables)).not.toContain('DATA_DIR');
  expect(() => shared.settings({ START_TIMEOUT_MS: 1 })).toThrow(
    'No log or store is chosen, which should have been checked before.',
  );
});

test('the log and the store are shared with other processes unless both are embedded', () => {
  expect(choice.isShared({})).toBe(false);
  expect(choice.isShared({ DATA_DIR: 'x', KAFKA_TOPIC: 't' })).toBe(false);
  expect(choice.isShared(kafka)).toBe(true);
  expect(choice.isShared(mongodb)).toBe(true);
});
