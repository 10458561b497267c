import { startTimer } from '../shared/start-timer.ts';

/** An event that can end a pause early: a full batch, a call of `flush`, or the end of the client. `stop` ends every pause. */
export type Interruption = 'batch' | 'flush' | 'stop';

/** A pause that can be interrupted. At most one pause runs at a time. */
export class Pause {
  #end: ((interruption: Interruption) => void) | undefined;

  /** Resolves after `ms`, or at the first interruption that is in the list or is `stop`. */
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

  /** Ends the current pause, if there is one that this interruption may end. */
  end(interruption: Interruption): void {
    this.#end?.(interruption);
  }
}
