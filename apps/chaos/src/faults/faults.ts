import type { Faults } from './fault.ts';
import { logFaults } from './log-faults.ts';
import { serviceFaults } from './service-faults.ts';
import { storeFaults } from './store-faults.ts';

/** The part of the site that a fault hits. Faults of one lane never overlap, so a cluster keeps its majority. */
export type Lane = 'log' | 'store' | 'services';

/** All faults, by lane. */
export const faults: Readonly<Record<Lane, Faults>> = {
  log: logFaults,
  store: storeFaults,
  services: serviceFaults,
};
