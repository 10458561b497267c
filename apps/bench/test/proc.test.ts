import { expect, test } from 'vitest';
import { cpuTimeIn, cpuTimeOf } from '../src/measure/cpu-time.ts';
import { residentIn } from '../src/measure/resident-memory.ts';

const fields = 'S 1 42 42 0 -1 4194560 91 0 3 0 150 25 7 9 20 0 11 0 8839 1234 5678';

test('processor time is that of user and system together, in ticks of 10 ms', () => {
  expect(cpuTimeIn(`42 (node) ${fields}`)).toBe(1_750_000);
});

test('the name of a program may have spaces and parentheses', () => {
  expect(cpuTimeIn(`42 (a (b) S 1) ${fields}`)).toBe(1_750_000);
});

test('a line without processor time is an error', () => {
  expect(() => cpuTimeIn('42 (node) S 1')).toThrow('No processor time');
});

test('the processor time of this process grows', () => {
  const before = cpuTimeOf([process.pid]);
  while (cpuTimeOf([process.pid]) === before) Math.hypot(before);
  expect(cpuTimeOf([process.pid])).toBeGreaterThan(before);
});

test('resident memory is VmRSS', () => {
  expect(residentIn('VmHWM:\t  9999 kB\nVmRSS:\t  2048 kB\nRssAnon:\t 1 kB\n')).toBe(2);
  expect(() => residentIn('Name:\tkthreadd\n')).toThrow('VmRSS');
});
