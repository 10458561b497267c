import { type BodyAttack, gzipCalls, times } from './payloads.ts';

/** Segment batches whose calls the service must correct, which is slow. None exceeds the maximum size that the service accepts. */
export const segmentBodyAttacks: readonly BodyAttack[] = [
  [
    's9-shared-context',
    'a Segment batch of 9,000 calls that share a context of 1.1 KB',
    () =>
      gzipCalls(
        9000,
        (index) => `{"type":"track","event":"E","userId":"u${index}"}`,
        `"context":{"c":"${'x'.repeat(1100)}"},`,
      ),
    true,
  ],
  [
    's9-segment-surrogates',
    'a Segment batch of 1,000 calls, each with a text of 1,500 unpaired surrogates',
    () => {
      const text = '\\ud800'.repeat(1500);
      return gzipCalls(1000, () => `{"type":"track","event":"E","userId":"u","properties":{"t":"${text}"}}`);
    },
  ],
  [
    's9-segment-mended',
    'a Segment batch of 5,000 calls with a fault in every member',
    () => {
      const members = ['messageId', 'event', 'timestamp', 'name', 'traits', 'properties', 'context'];
      const faultyMembers = members.map((member) => `"${member}":{"\\ud800":"${'\\"'.repeat(20)}"}`).join();
      return gzipCalls(5000, (index) => `{"userId":"u\\u0000${index}",${faultyMembers}}`);
    },
    true,
  ],
  [
    's9-segment-many-keys',
    'a Segment batch of 9 calls, each with 60,000 keys that are not allowed in metadata',
    () => {
      const keys = times(60_000, (index) => `"\\ud800${index}":0`).join();
      return gzipCalls(9, () => `{"userId":"u","properties":{${keys}}}`);
    },
  ],
  [
    's9-segment-long-names',
    'a Segment batch of 9 calls with a user, id, event and time of 240 KB each',
    () => {
      const long = `"${'\\ud800'.repeat(40_000)}"`;
      const names = ['userId', 'messageId', 'event', 'timestamp'].map((member) => `"${member}":${long}`);
      return gzipCalls(9, () => `{${names.join()}}`);
    },
  ],
];
