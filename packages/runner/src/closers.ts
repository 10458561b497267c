/** Closes resources in the reverse order of opening, because later resources may use earlier ones. */
export class Closers {
  readonly #closeFunctions: (() => Promise<void>)[] = [];

  /** Adds a resource with the function that closes it. Returns the resource. */
  add<Resource>(resource: Resource, close: (resource: Resource) => Promise<void>): Resource {
    this.#closeFunctions.push(() => close(resource));
    return resource;
  }

  /** Adds two closers and returns them. `close` runs the two in parallel, because in sequence they might take too long. */
  split(): readonly [Closers, Closers] {
    return this.add([new Closers(), new Closers()] as const, async (pair) => {
      await Promise.all(pair.map((closers) => closers.close()));
    });
  }

  /** Closes all resources, even if closing one fails. Then rejects with the first failure, if any. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closeFunctions.splice(0).toReversed())
      await close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}
