const turnMs = 10;

/** The work that waits, first come, first served: of all large bodies together one has its turn in each round of the event loop. */
const waiting: (() => void)[] = [];
let isPassing = false;

function pass(): void {
  const resume = waiting.shift();
  isPassing = resume !== undefined;
  if (resume === undefined) return;
  setImmediate(pass);
  resume();
}

/** A turn on the event loop. Work on a large body waits for one, and for the next whenever it has lasted 10 ms. */
export class Turn {
  #end = 0;

  get isOver(): boolean {
    return performance.now() > this.#end;
  }

  /** Resolves when the turn has come: after others had theirs, whatever else the process does. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (isPassing) return;
      isPassing = true;
      setImmediate(pass);
    });
    this.#end = performance.now() + turnMs;
  }
}
