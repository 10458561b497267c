import { constants, monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import type { Closers } from '../closers.ts';
import { attributesBy, gauge, histogram, meter } from './meter.ts';

// The sampling interval in milliseconds. An idle event loop shows about this delay, because Node adds the interval.
const resolution = 10;

/** Measures CPU, memory, event loop and garbage collections until the closers are closed. OpenTelemetry defines the names. */
export function measureProcess(closers: Closers): void {
  measureMemory();
  measureUse();
  for (const end of [measureEventLoop(), measureCollections()]) closers.add(end, async () => end());
}

function measureEventLoop(): () => void {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const delayGauge = (name: string, value: string) =>
    meter().createObservableGauge(`nodejs.eventloop.delay.${name}`, {
      unit: 's',
      description: `Event loop delay since the last scrape, in seconds: ${value}`,
    });
  const [p50, p99, max] = [
    delayGauge('p50', '50th percentile'),
    delayGauge('p99', '99th percentile'),
    delayGauge('max', 'maximum'),
  ];
  meter().addBatchObservableCallback(
    (result) => {
      if (delay.count === 0) return;
      result.observe(p50, delay.percentile(50) / 1e9);
      result.observe(p99, delay.percentile(99) / 1e9);
      result.observe(max, delay.max / 1e9);
      // Without a reset the longest delay since the start would hide all later ones.
      delay.reset();
    },
    [p50, p99, max],
  );
  let last = performance.eventLoopUtilization();
  gauge(
    'nodejs.eventloop.utilization',
    '1',
    'Fraction of the time since the last scrape in which the event loop was busy',
    () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return utilization;
    },
  );
  return () => delay.disable();
}

const kindsOfCollection: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

function measureCollections(): () => void {
  const duration = histogram(
    'v8js.gc.duration',
    's',
    'Duration of garbage collections, in seconds',
    [0.001, 0.01, 0.1, 1, 10],
  );
  const by = attributesBy('v8js.gc.type');
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const detail: unknown = Reflect.get(entry, 'detail');
      const kind: unknown = detail instanceof Object ? Reflect.get(detail, 'kind') : undefined;
      const name = typeof kind === 'number' ? kindsOfCollection.get(kind) : undefined;
      if (name !== undefined) duration.record(entry.duration / 1000, by(name));
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}

function measureMemory(): void {
  const space = attributesBy('v8js.heap.space.name');
  const heap = (name: string, description: string, sizeOf: (heapSpace: HeapSpace) => number): void =>
    meter()
      .createObservableUpDownCounter(`v8js.memory.heap.${name}`, { unit: 'By', description })
      .addCallback((result) => {
        for (const heapSpace of getHeapSpaceStatistics())
          result.observe(sizeOf(heapSpace), space(heapSpace.space_name));
      });
  heap('used', 'Used heap memory in bytes, by heap space', (heapSpace) => heapSpace.space_used_size);
  heap('limit', 'Allocated heap memory in bytes, by heap space', (heapSpace) => heapSpace.space_size);
  meter()
    .createObservableUpDownCounter('process.memory.usage', {
      unit: 'By',
      description: 'Physical memory of the process in bytes, including its threads',
    })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
}

type HeapSpace = ReturnType<typeof getHeapSpaceStatistics>[number];

function measureUse(): void {
  const mode = attributesBy('cpu.mode');
  meter()
    .createObservableCounter('process.cpu.time', {
      unit: 's',
      description: 'CPU time of the process in seconds, including its threads',
    })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe(user / 1e6, mode('user'));
      result.observe(system / 1e6, mode('system'));
    });
  gauge('process.uptime', 's', 'Time since the process started, in seconds', () => process.uptime());
}
