import type { Fault } from './fault.ts';
import { logFaults } from './log-faults.ts';
import { serviceFaults } from './service-faults.ts';
import { storeFaults } from './store-faults.ts';

/** All faults. */
export const faults: readonly Fault[] = [...logFaults, ...storeFaults, ...serviceFaults];
