import type { LogEvent } from '@user-activity/domain';

/** Events of one transaction, at consecutive offsets. */
interface Portion {
  readonly first: number;
  readonly events: readonly LogEvent[];
  readonly characters: number;
}

const maxEvents = 4000;
const maxCharacters = 4 * 1024 * 1024;

/**
 * The latest events of the log, for consumers that are nearly up to date: they need not read these from the file and parse them. Events
 * may be added only after their commit. All are at consecutive offsets, and at most 4,000 events or 4 Mi characters of JSON.
 */
export class RecentEvents {
  readonly #portions: Portion[] = [];
  #end = 0;
  #events = 0;
  #characters = 0;

  /** Adds the events of one job, which end at the offset `last`. If they do not follow the latest event, drops the older ones. */
  add(events: readonly LogEvent[], last: number, characters: number): void {
    const first = last + 1 - events.length;
    if (first !== this.#end) this.clear();
    this.#portions.push({ first, events, characters });
    this.#end = last + 1;
    this.#events += events.length;
    this.#characters += characters;
    while (this.#events > maxEvents || this.#characters > maxCharacters) this.#dropOldest();
  }

  /** Returns the events from an offset on, at most `limit`. Returns none if the event at this offset is not here. */
  from(offset: number, limit: number): readonly LogEvent[] {
    if (offset >= this.#end) return [];
    const start = this.#portions.findLastIndex(({ first }) => first <= offset);
    const found: LogEvent[] = [];
    for (let index = start; index >= 0 && found.length < limit; index += 1) {
      const portion = this.#portions[index];
      if (portion === undefined) break;
      const skipped = Math.max(0, offset - portion.first);
      for (const event of portion.events.slice(skipped, skipped + limit - found.length)) found.push(event);
    }
    return found;
  }

  clear(): void {
    this.#portions.length = 0;
    this.#events = 0;
    this.#characters = 0;
  }

  #dropOldest(): void {
    const oldest = this.#portions.shift();
    this.#events -= oldest?.events.length ?? 0;
    this.#characters -= oldest?.characters ?? 0;
  }
}
