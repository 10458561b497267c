import type { Faults } from './fault.ts';
import { logFaults } from './log-faults.ts';
import { serviceFaults } from './service-faults.ts';
import { storeFaults } from './store-faults.ts';

/** The part of the deployment that a fault hits. Faults in the same lane never overlap, so two faults never hit one cluster at the same time. */
export type Lane = 'log' | 'store' | 'services';

/** All faults, by lane. */
export const faults: Readonly<Record<Lane, Faults>> = {
  log: logFaults,
  store: storeFaults,
  services: serviceFaults,
};
