import type { Attack } from '../attack.ts';
import { bodyAttacks } from './bodies.ts';
import { connectionAttacks } from './connections.ts';
import { deadLetterAttacks } from './dead-letters.ts';
import { faults } from './faults.ts';
import { fileAttacks } from './files.ts';
import { kafkaAttacks } from './kafka.ts';
import { originAttacks } from './origins.ts';
import { pageAttacks } from './pages.ts';

/** Every attack that there is. Those that need a service of their own come last. */
export const attacks: readonly Attack[] = [
  ...kafkaAttacks,
  ...faults,
  ...bodyAttacks,
  ...pageAttacks,
  ...originAttacks,
  ...deadLetterAttacks,
  ...fileAttacks,
  ...connectionAttacks,
];
