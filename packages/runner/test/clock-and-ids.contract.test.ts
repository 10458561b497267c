import { clockContract, describeContract, idGeneratorContract } from '@user-activity/port-contracts';
import { SystemClock, UuidIds } from '../src/index.ts';

describeContract('SystemClock', clockContract, async () => ({
  clock: new SystemClock(),
  close: async () => undefined,
}));
describeContract('UuidIds', idGeneratorContract, async () => ({
  open: async () => new UuidIds(),
  close: async () => undefined,
}));
