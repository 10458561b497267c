import {
  clockContract,
  describeContract,
  idGeneratorContract,
  secretGeneratorContract,
} from '@user-activity/port-contracts';
import { RandomSecrets } from '../src/random-secrets.ts';
import { SystemClock } from '../src/system-clock.ts';
import { UuidIds } from '../src/uuid-ids.ts';

describeContract('SystemClock', clockContract, async () => ({
  clock: new SystemClock(),
  close: async () => undefined,
}));
describeContract('UuidIds', idGeneratorContract, async () => ({
  open: async () => new UuidIds(),
  close: async () => undefined,
}));
describeContract('RandomSecrets', secretGeneratorContract, async () => ({
  open: async () => new RandomSecrets(),
  close: async () => undefined,
}));
