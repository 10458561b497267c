import { type LogRecord, replayHeader } from '@user-activity/domain';
import type { LogSubject } from '@user-activity/port-contracts';
import { withContent } from './broken-logs.ts';
import type { Broken } from './broken.ts';

const withoutReplayOf = ({ origin, content, raw }: LogRecord): LogRecord => ({ origin, content, raw });

/** Consumers that misread the header of a replay. */
export const brokenAttributions: Broken<LogSubject> = [
  [
    'L12',
    'trusts every replay header',
    withContent((record) => {
      const [header] = record.raw().headers[replayHeader] ?? [];
      return header === undefined ? record : { ...record, replayOf: { ...record.origin, offset: 0 } };
    }),
  ],
  ['L12', 'drops the origin of the original record', withContent(withoutReplayOf)],
  [
    'L12',
    'drops the origin of an original record if its offset is higher, although it may be on another log',
    withContent((record) =>
      (record.replayOf?.offset ?? 0) > record.origin.offset ? withoutReplayOf(record) : record,
    ),
  ],
  [
    'L12',
    'forgets the log of the original record',
    withContent((record) => {
      if (record.replayOf === undefined) return record;
      const { topic, partition, offset } = record.replayOf;
      return { ...record, replayOf: { topic, partition, offset } };
    }),
  ],
];
