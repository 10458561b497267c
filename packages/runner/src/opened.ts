/** What was opened, to be closed in reverse order: what came later may need what came before. */
export class Opened {
  readonly #closers: (() => Promise<void>)[] = [];

  /** Keeps it in mind, and hands it on. */
  add<One>(one: One, close: (one: One) => Promise<void>): One {
    this.#closers.push(() => close(one));
    return one;
  }

  /** Closes all, each even if another failed; then rejects with the first failure. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.splice(0).toReversed())
      await close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

/** Starts with something to put what is opened into; what fails on the way leaves nothing open. */
export async function opening<Result>(start: (opened: Opened) => Promise<Result>): Promise<Result> {
  const opened = new Opened();
  try {
    return await start(opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}
