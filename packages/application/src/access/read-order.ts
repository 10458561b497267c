/** Gives reads increasing numbers. If reads overlap, the numbers keep the result of an older read from replacing that of a newer one. */
export class ReadOrder {
  #begun = 0;
  #accepted = 0;

  /** Begins a read and returns its number. */
  begin(): number {
    this.#begun += 1;
    return this.#begun;
  }

  /** Accepts the result of a read, and returns true. Returns false if the result of a newer read has already been accepted. */
  accept(read: number): boolean {
    if (read < this.#accepted) return false;
    this.#accepted = read;
    return true;
  }

  /** Returns whether no read has begun after this one. */
  isLatest(read: number): boolean {
    return read === this.#begun;
  }
}
