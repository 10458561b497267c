import type { Attack } from '../attack.ts';
import { bodyAttacks } from './bodies.ts';
import { connectionAttacks } from './connections.ts';
import { deadLetterAttacks } from './dead-letters.ts';
import { faults } from './faults.ts';
import { fileAttacks } from './files.ts';
import { kafkaAttacks } from './kafka.ts';
import { originAttacks } from './origins.ts';
import { pageAttacks } from './pages.ts';
import { strangerAttacks } from './strangers.ts';

/** Every attack that there is, those that can share a service together. */
export const attacks: readonly Attack[] = [
  ...kafkaAttacks,
  ...faults,
  ...bodyAttacks,
  ...pageAttacks,
  ...originAttacks,
  ...deadLetterAttacks,
  ...fileAttacks,
  ...connectionAttacks,
  ...strangerAttacks,
];
