import type { EventConsumer, RecordHandler, ResumeAt } from '@user-activity/domain';
import type { LogSubject } from '@user-activity/port-contracts';
import { MemoryLog } from '../src/index.ts';
import { memoryLog } from './memory-subjects.ts';

/** More milliseconds than any delivery in memory takes. */
export const timeoutMs = 500;

/** Makes a log whose consumers have some methods replaced. */
export const consumer =
  (
    overrides: (sound: EventConsumer, log: MemoryLog, group: string) => Partial<EventConsumer>,
    log: () => MemoryLog = () => new MemoryLog(),
  ) =>
  async (): Promise<LogSubject> => {
    const shared = log();
    const subject = await memoryLog(shared);
    return {
      ...subject,
      timeoutMs,
      async openConsumer(group) {
        const sound = await subject.openConsumer(group);
        return {
          ended: sound.ended,
          start: (handler, resumeAt) => sound.start(handler, resumeAt),
          ping: () => sound.ping(),
          progress: () => sound.progress(),
          stop: () => sound.stop(),
          ...overrides(sound, shared, group),
        };
      },
    };
  };

export const handling = (change: (handler: RecordHandler) => RecordHandler) =>
  consumer((sound) => ({ start: (handler, resumeAt) => sound.start(change(handler), resumeAt) }));

/** Makes a log whose consumers replace `resumeAt`. */
export const resuming = (change: (resumeAt: ResumeAt) => ResumeAt) =>
  consumer((sound) => ({
    start: (handler, resumeAt) => sound.start(handler, resumeAt && change(resumeAt)),
  }));
