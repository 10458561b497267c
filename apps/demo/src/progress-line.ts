const barWidth = 30;
const pauseMs = { terminal: 100, file: 5000 };

/** Shows how far a long task is: as one line that changes on a terminal, and as a line every 5 s elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  /** `share` is what is done of the whole, from 0 to 1. */
  show(share: number, text: string): void {
    const isTerminal = this.#stream.isTTY;
    const isDone = share >= 1;
    if (!isDone && performance.now() - this.#lastAt < (isTerminal ? pauseMs.terminal : pauseMs.file)) return;
    this.#lastAt = performance.now();
    const bar = '#'.repeat(Math.floor(share * barWidth)).padEnd(barWidth, '-');
    const line = `[${bar}] ${Math.floor(share * 100)} %, ${text}`;
    this.#stream.write(isTerminal ? `\r${line}\u001b[K${isDone ? '\n' : ''}` : `${line}\n`);
  }
}
