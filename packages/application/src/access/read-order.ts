/** Numbers reads that may overlap, so that the result of an older read never replaces the result of a newer one. */
export class ReadOrder {
  #begun = 0;
  #accepted = 0;

  /** Begins a read and returns its number. */
  begin(): number {
    this.#begun += 1;
    return this.#begun;
  }

  /** Returns whether the result of this read may be used: true, unless the result of a newer read was accepted before. */
  accept(read: number): boolean {
    if (read < this.#accepted) return false;
    this.#accepted = read;
    return true;
  }

  /** Returns whether this is the read that began last. */
  isLatest(read: number): boolean {
    return read === this.#begun;
  }
}
