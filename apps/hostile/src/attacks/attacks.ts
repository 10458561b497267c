import type { Attack } from '../attack.ts';
import { bodyAttacks } from './bodies.ts';
import { connectionAttacks } from './connections.ts';
import { deadLetterAttacks } from './dead-letters.ts';
import { faultAttacks } from './faults.ts';
import { fileAttacks } from './files.ts';
import { kafkaAttacks } from './kafka.ts';
import { originAttacks } from './origins.ts';
import { pageAttacks } from './pages.ts';
import { strangerAttacks } from './strangers.ts';

/** All attacks, in the order in which they run. Attacks that can share a service follow each other, because a service takes a second to start. */
export const attacks: readonly Attack[] = [
  ...kafkaAttacks,
  ...faultAttacks,
  ...bodyAttacks,
  ...pageAttacks,
  ...originAttacks,
  ...deadLetterAttacks,
  ...fileAttacks,
  ...connectionAttacks,
  ...strangerAttacks,
];
