import { constants, monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import type { Closers } from '../closers.ts';
import { attributesBy, gauge, histogram, meter } from './meter.ts';

// Node includes this interval in the delay, so an idle event loop has a delay of about 10 ms.
const samplingIntervalMs = 10;

/** Measures CPU, memory, event loop and garbage collections until the closers are closed. The names are those of OpenTelemetry. */
export function measureProcess(closers: Closers): void {
  measureMemory();
  measureCpuAndUptime();
  for (const stop of [measureEventLoop(), measureGarbageCollections()]) closers.add(stop, async () => stop());
}

function measureEventLoop(): () => void {
  const delay = monitorEventLoopDelay({ resolution: samplingIntervalMs });
  delay.enable();
  const delayGauge = (name: string, statistic: string) =>
    meter().createObservableGauge(`nodejs.eventloop.delay.${name}`, {
      unit: 's',
      description: `Event loop delay since the last scrape, in seconds: ${statistic}`,
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
      // Without a reset, the longest delay since the start would hide all later delays.
      delay.reset();
    },
    [p50, p99, max],
  );
  let lastUtilization = performance.eventLoopUtilization();
  gauge(
    'nodejs.eventloop.utilization',
    '1',
    'Fraction of the time since the last scrape in which the event loop was busy',
    () => {
      const current = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(current, lastUtilization);
      lastUtilization = current;
      return utilization;
    },
  );
  return () => delay.disable();
}

const collectionKinds: ReadonlyMap<number, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

function measureGarbageCollections(): () => void {
  const duration = histogram(
    'v8js.gc.duration',
    's',
    'Duration of garbage collections, in seconds',
    [0.001, 0.01, 0.1, 1, 10],
  );
  const kindAttributes = attributesBy('v8js.gc.type');
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const detail: unknown = Reflect.get(entry, 'detail');
      const kind: unknown = detail instanceof Object ? Reflect.get(detail, 'kind') : undefined;
      const name = typeof kind === 'number' ? collectionKinds.get(kind) : undefined;
      if (name !== undefined) duration.record(entry.duration / 1000, kindAttributes(name));
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}

function measureMemory(): void {
  const spaceAttributes = attributesBy('v8js.heap.space.name');
  const measureHeap = (name: string, description: string, sizeOf: (heapSpace: HeapSpace) => number): void =>
    meter()
      .createObservableUpDownCounter(`v8js.memory.heap.${name}`, { unit: 'By', description })
      .addCallback((result) => {
        for (const heapSpace of getHeapSpaceStatistics())
          result.observe(sizeOf(heapSpace), spaceAttributes(heapSpace.space_name));
      });
  measureHeap('used', 'Used heap memory in bytes, by heap space', (heapSpace) => heapSpace.space_used_size);
  measureHeap('limit', 'Allocated heap memory in bytes, by heap space', (heapSpace) => heapSpace.space_size);
  meter()
    .createObservableUpDownCounter('process.memory.usage', {
      unit: 'By',
      description: 'Physical memory of the process in bytes, including its threads',
    })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
}

type HeapSpace = ReturnType<typeof getHeapSpaceStatistics>[number];

function measureCpuAndUptime(): void {
  const modeAttributes = attributesBy('cpu.mode');
  meter()
    .createObservableCounter('process.cpu.time', {
      unit: 's',
      description: 'CPU time of the process in seconds, including its threads',
    })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe(user / 1e6, modeAttributes('user'));
      result.observe(system / 1e6, modeAttributes('system'));
    });
  gauge('process.uptime', 's', 'Time since the process started, in seconds', () => process.uptime());
}
