import { DataFileError } from '@user-activity/adapter-sqlite';
import {
  makeMovingUseCases,
  type MovedData,
  MoveRefused,
  type ActivitySample,
} from '@user-activity/application';
import { activityLogged, isDomainError, type RawRecord, type StoredActivity } from '@user-activity/domain';
import { openEngines } from '@user-activity/engines';
import { Closers, ConfigurationError, EngineWait, makeLogger, SystemClock } from '@user-activity/runner';
import { backOff } from '@user-activity/timing';
import { eventMessage } from '@user-activity/topic-contract';
import { RequestError, UsageError } from '../failure.ts';
import type { Output } from '../output.ts';
import { readTarget } from './config.ts';
import { MoveCheckpoint } from './move-checkpoint.ts';
import { openSource } from './embedded-source.ts';
import { countWithNoun } from '../printable.ts';
import { Progress } from '../progress.ts';

export interface MoveOptions {
  /** The data folder of the embedded service. */
  readonly fromData: string;
  /** Whether to wait until the consumers have stored all activities, and then compare them with the source. */
  readonly wait: boolean;
  readonly json: boolean;
}

// One page of activities has at most 4 MiB, so it never fills the buffer.
const publisherOptions = {
  publishTimeoutMs: 30_000,
  maxBufferedEvents: 10_000,
  maxBufferedBytes: 256 * 1024 * 1024,
  observer: { buffered: () => undefined, flushed: () => undefined },
};
const queryTimeoutMs = 60_000;

const standardError = 2;
const utf8 = new TextEncoder();

/**
 * Moves the data of an embedded service to the Kafka and MongoDB that the environment variables name. Throws UsageError for a wrong folder or variable,
 * and RequestError if the move can't continue.
 */
export async function move(options: MoveOptions, output: Output, signal: AbortSignal): Promise<void> {
  const closers = new Closers();
  try {
    await moveWith(closers, options, output, signal);
  } catch (error) {
    if (error instanceof ConfigurationError) throw new UsageError(error.message);
    if (error instanceof DataFileError || error instanceof MoveRefused) throw new RequestError(error.message);
    if (signal.aborted) throw new RequestError('Stopped. Run the command again to continue.');
    throw error;
  } finally {
    await closers.close();
  }
}

async function moveWith(
  closers: Closers,
  { fromData: folder, wait, json }: MoveOptions,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const { engines, ANONYMISATION_KEY } = readTarget();
  // Logs go to the standard error, because the standard output is for the result.
  const logger = makeLogger('warn', undefined, standardError);
  const source = await openSource(closers, {
    folder,
    anonymisationKey: ANONYMISATION_KEY,
    logger,
    signal,
  });
  const options = { closers, logger, queryTimeoutMs };
  const target = await openEngines(engines, new EngineWait(engines, logger, signal), options);
  const publisher = closers.add(target.log.makePublisher(publisherOptions), (opened) => opened.close());
  const checkpoint = new MoveCheckpoint(folder, target.registeredTopic.log, source.end);
  const progress = new Progress(output);
  let total = 0;
  const earlier = await checkpoint.read();
  if (earlier?.from !== undefined)
    output.note(`Continuing after ${activityCount(earlier.from.activities)} of an earlier run.`);

  const { moveData, confirmMove } = makeMovingUseCases({
    source: {
      ...source.store,
      topic: source.log.topic.name,
      log: source.registeredTopic.log,
    },
    target: {
      ...target.store,
      publisher,
      topic: target.log.topic.name,
    },
    clock: new SystemClock(),
    toRecord,
    pause: backOff,
    grace: async () => undefined,
    observer: {
      failed(error) {
        if (!isDomainError(error)) throw error;
        output.note(`Waiting: ${error.message}`);
      },
      recovered: () => output.note('Continuing.'),
    },
    onProgress: async (moved, all) => {
      await checkpoint.write(moved);
      total = all;
      progress.show(moved.activities / total, `${moved.activities} of ${total} activities are on the log`);
    },
    onConfirmed(confirmed, missing) {
      const hint = missing > 0 ? `; waiting for consumers to store ${missing}` : '';
      progress.show(confirmed / total, `${confirmed} of ${total} activities are stored${hint}`);
    },
  });
  const moved = await moveData(signal, earlier);
  total = moved.activities;
  progress.end();
  if (!wait) return report({ ...moved, confirmed: false, different: [], missing: [] }, json, output);
  const { different, missing } = await confirmMove(signal);
  progress.end();
  const names = ({ first }: ActivitySample) => first.map(({ project, id }) => `${project} ${id}`);
  report({ ...moved, confirmed: true, different: names(different), missing: names(missing) }, json, output);
  if (missing.count > 0)
    throw new RequestError(
      `Not in the store: ${activityCount(missing.count)}. The target has erased or refused them, or no consumer runs. ` +
        'Look at the dead letters of the target, and run the command again.',
    );
  if (different.count > 0)
    throw new RequestError(
      `Different in the store: ${activityCount(different.count)}. The target already had other activities with the same ids, and has ` +
        'the moved ones as dead letters.',
    );
  await checkpoint.remove();
}

const activityCount = (count: number): string => countWithNoun(count, 'activity', 'activities');

interface Report extends MovedData {
  readonly confirmed: boolean;
  /** The first 100 activities that differ in the target, each as its project and id. */
  readonly different: readonly string[];
  /** The first 100 activities that the target has not stored, each as its project and id. */
  readonly missing: readonly string[];
}

function report(result: Report, json: boolean, output: Output): void {
  if (json) return output.result(`${JSON.stringify(result)}\n`);
  const { projects, keys, erasures, deadLetters, activities, confirmed, different, missing } = result;
  output.result(
    `Moved ${activityCount(activities)} of ${countWithNoun(projects, 'project')}, ${countWithNoun(deadLetters, 'dead letter')}, ${countWithNoun(keys, 'key')} and ${countWithNoun(erasures, 'erasure')}.\n`,
  );
  for (const name of missing) output.note(`missing: ${name}`);
  for (const name of different) output.note(`different: ${name}`);
  if (!confirmed)
    output.note(
      'The log has the activities. Consumers store them from there; to compare them, run the command again without --no-wait.',
    );
  else if (different.length + missing.length === 0)
    output.note('The store has all activities, and they are equal to those of the source.');
}

/** Returns the record that the service would write for an activity. */
function toRecord(activity: StoredActivity): RawRecord {
  const { key, value, headers } = eventMessage(activityLogged(activity.toActivity()), {
    source: '/user-activity',
  });
  return {
    key: utf8.encode(key),
    value: utf8.encode(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, [utf8.encode(text)]])),
  };
}
