const barWidth = 30;
const pauseMs = { terminal: 100, file: 5000 };

/** Shows how far a long task is. A terminal gets one line that changes; a file or pipe gets a new line every 5 s. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  /** `share` is the part that is done, from 0 to 1. */
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
