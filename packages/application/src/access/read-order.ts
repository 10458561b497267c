/** The order of reads that overlap, so that the result of an older read never replaces that of a newer one. */
export class ReadOrder {
  #begun = 0;
  #accepted = 0;

  /** Returns the number of a new read. */
  begin(): number {
    this.#begun += 1;
    return this.#begun;
  }

  /** Returns whether the result of this read counts. From then on, older reads do not count. */
  accept(read: number): boolean {
    if (read < this.#accepted) return false;
    this.#accepted = read;
    return true;
  }

  /** Returns whether no later read has begun. */
  isLatest(read: number): boolean {
    return read === this.#begun;
  }
}
