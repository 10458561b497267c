import { DataFileError } from '@user-activity/adapter-sqlite';
import {
  makeMovingUseCases,
  type MovedData,
  MoveRefused,
  type SomeActivities,
} from '@user-activity/application';
import { activityLogged, isDomainError, type RawRecord, type StoredActivity } from '@user-activity/domain';
import { openEngines } from '@user-activity/engines';
import { Closers, ConfigurationError, EngineWait, makeLogger, SystemClock } from '@user-activity/runner';
import { backOff } from '@user-activity/timing';
import { eventMessage } from '@user-activity/topic-contract';
import { RequestError, UsageError } from '../failure.ts';
import type { Output } from '../output.ts';
import { readTarget } from './config.ts';
import { Checkpoint } from './checkpoint.ts';
import { openSource } from './embedded-source.ts';
import { Progress } from '../progress.ts';

export interface MoveOptions {
  /** The folder of the embedded service. */
  readonly fromData: string;
  /** Whether to wait until the consumers have stored everything, and to compare it. */
  readonly wait: boolean;
  readonly json: boolean;
}

// A page of activities is at most 4 MiB, so it never fills the buffer.
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
 * Moves the data of an embedded service to the Kafka and MongoDB that the variables name. Throws UsageError for a wrong folder or variable,
 * and RequestError if the move can't go on.
 */
export async function move(options: MoveOptions, output: Output, signal: AbortSignal): Promise<void> {
  const closers = new Closers();
  try {
    await moveWith(closers, options, output, signal);
  } catch (error) {
    if (error instanceof ConfigurationError) throw new UsageError(error.message);
    if (error instanceof DataFileError || error instanceof MoveRefused) throw new RequestError(error.message);
    if (signal.aborted) throw new RequestError('Stopped. Run the command again to go on.');
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
  // The standard output has the result.
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
  const checkpoint = new Checkpoint(folder, target.registeredTopic.log, source.end);
  const progress = new Progress(output);
  let total = 0;
  const earlier = await checkpoint.read();
  if (earlier?.from !== undefined)
    output.note(`Continues after ${earlier.from.activities} activities of an earlier run.`);

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
        output.note(`Waits: ${error.message}`);
      },
      recovered: () => output.note('Goes on.'),
    },
    onProgress: async (moved, all) => {
      await checkpoint.write(moved);
      total = all;
      progress.show(moved.activities / total, `${moved.activities} of ${total} activities are on the log`);
    },
    onConfirmed(confirmed, missing) {
      const hint = missing > 0 ? `; waits for consumers to store ${missing}` : '';
      progress.show(confirmed / total, `${confirmed} of ${total} activities are stored${hint}`);
    },
  });
  const moved = await moveData(signal, earlier);
  total = moved.activities;
  progress.end();
  if (!wait) return report({ ...moved, confirmed: false, different: [], missing: [] }, json, output);
  const { different, missing } = await confirmMove(signal);
  progress.end();
  const names = ({ first }: SomeActivities) => first.map(({ project, id }) => `${project} ${id}`);
  report({ ...moved, confirmed: true, different: names(different), missing: names(missing) }, json, output);
  if (missing.count > 0)
    throw new RequestError(
      `${missing.count} activities are not in the store: the target has erased or refused them, or no consumer runs. ` +
        'Look at its dead letters, and run the command again.',
    );
  if (different.count > 0)
    throw new RequestError(
      `${different.count} activities differ: the target had other activities under their ids. It has dead letters of them.`,
    );
  await checkpoint.remove();
}

interface Report extends MovedData {
  readonly confirmed: boolean;
  /** The first 100 of each. */
  readonly different: readonly string[];
  readonly missing: readonly string[];
}

function report(result: Report, json: boolean, output: Output): void {
  if (json) return output.result(`${JSON.stringify(result)}\n`);
  const { projects, keys, erasures, deadLetters, activities, confirmed, different, missing } = result;
  output.result(
    `${activities} activities of ${projects} projects, ${deadLetters} dead letters, ${keys} keys and ${erasures} erasures were moved.\n`,
  );
  for (const name of missing) output.note(`missing: ${name}`);
  for (const name of different) output.note(`different: ${name}`);
  if (!confirmed)
    output.note(
      'The log has the activities. Consumers store them from there; to compare them, run the command again without --no-wait.',
    );
  else if (different.length + missing.length === 0) output.note('The store has them, and they are equal.');
}

/** Returns the record that the service writes for an activity. */
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
