import { startTimer } from '../shared/start-timer.ts';

/** What can end a pause early. `stop` always does. */
export type Interruption = 'batch' | 'flush' | 'stop';

/** The pauses of a loop, one at a time. Some events end some of them early. */
export class Pause {
  #end: ((interruption: Interruption) => void) | undefined;

  /** Resolves after the time, or with the first of these interruptions. */
  begin(ms: number, interruptions: readonly Interruption[]): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#end = undefined;
        resolve();
      };
      const timer = startTimer(finish, ms);
      this.#end = (interruption) => {
        if (interruption === 'stop' || interruptions.includes(interruption)) finish();
      };
    });
  }

  end(interruption: Interruption): void {
    this.#end?.(interruption);
  }
}
