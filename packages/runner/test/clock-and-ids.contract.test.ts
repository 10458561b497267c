import { clockContract, describeContract, idGeneratorContract } from '@user-activity/port-contracts';
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
