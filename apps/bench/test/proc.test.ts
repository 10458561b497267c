import { expect, test } from 'vitest';
import { parseCpuTime, cpuTimeOf } from '../src/measure/cpu-time.ts';
import { parseResidentMiB } from '../src/measure/resident-memory.ts';

const fields = 'S 1 42 42 0 -1 4194560 91 0 3 0 150 25 7 9 20 0 11 0 8839 1234 5678';

test('the processor time is the sum of the user time and the system time, in ticks of 10 ms', () => {
  expect(parseCpuTime(`42 (node) ${fields}`)).toBe(1_750_000);
});

test('the name of a program may have spaces and parentheses', () => {
  expect(parseCpuTime(`42 (a (b) S 1) ${fields}`)).toBe(1_750_000);
});

test('a line without processor time is an error', () => {
  expect(() => parseCpuTime('42 (node) S 1')).toThrow('No processor time');
});

test('the processor time of this process grows', () => {
  const before = cpuTimeOf([process.pid]);
  while (cpuTimeOf([process.pid]) === before) Math.hypot(before);
  expect(cpuTimeOf([process.pid])).toBeGreaterThan(before);
});

test('the resident memory is the value of VmRSS, in MiB', () => {
  expect(parseResidentMiB('VmHWM:\t  9999 kB\nVmRSS:\t  2048 kB\nRssAnon:\t 1 kB\n')).toBe(2);
  expect(() => parseResidentMiB('Name:\tkthreadd\n')).toThrow('VmRSS');
});
