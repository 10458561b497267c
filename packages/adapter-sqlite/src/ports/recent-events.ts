import type { LogEvent } from '@user-activity/domain';

/** The events of one call of `add`, at consecutive offsets. */
interface Portion {
  /** The offset of the first event. */
  readonly first: number;
  readonly events: readonly LogEvent[];
  readonly characters: number;
}

// The limits of the cache. Characters are UTF-16 code units of JSON.
const maxEvents = 4000;
const maxCharacters = 4 * 1024 * 1024;

/**
 * A cache of the latest events of the log. Consumers that are nearly up to date need not read these events from the file and parse them.
 * The offsets of the cached events are consecutive. The cache drops its oldest events when it exceeds 4,000 events or 4 Mi characters.
 */
export class RecentEvents {
  readonly #portions: Portion[] = [];
  #end = 0;
  #events = 0;
  #characters = 0;

  /**
   * Adds events at consecutive offsets, the last one at `last`. Call it only after the commit of the events. If they do not directly
   * follow the cached events, the cached ones are dropped first. `characters` is the size of the events.
   */
  add(events: readonly LogEvent[], last: number, characters: number): void {
    const first = last + 1 - events.length;
    if (first !== this.#end) this.clear();
    this.#portions.push({ first, events, characters });
    this.#end = last + 1;
    this.#events += events.length;
    this.#characters += characters;
    while (this.#events > maxEvents || this.#characters > maxCharacters) this.#dropOldest();
  }

  /** Returns at most `limit` events, beginning with the one at `offset`. Returns none if that event is not in the cache. */
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
