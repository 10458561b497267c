/** The opened resources, to be closed in reverse order, because later ones may need earlier ones. */
export class Opened {
  readonly #closers: (() => Promise<void>)[] = [];

  /** Remembers how to close the resource, and returns it. */
  add<Resource>(resource: Resource, close: (resource: Resource) => Promise<void>): Resource {
    this.#closers.push(() => close(resource));
    return resource;
  }

  /** Closes all resources, even if closing one fails. Then rejects with the first failure, if any. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.splice(0).toReversed())
      await close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

/** Runs a start that adds the resources it opens to `opened`. If the start fails, closes them all. */
export async function opening<Result>(start: (opened: Opened) => Promise<Result>): Promise<Result> {
  const opened = new Opened();
  try {
    return await start(opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}
