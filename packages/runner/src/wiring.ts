import 'reflect-metadata';
import type { DependencyContainer } from 'tsyringe';
import { Opened } from './opened.ts';

declare const provides: unique symbol;

/** Names what can be provided, and carries its type. */
export interface Token<Value> {
  readonly name: string;
  readonly key: symbol;
  readonly [provides]?: Value;
}

/** A token of that name, which shows in error messages. */
export const token = <Value>(name: string): Token<Value> => ({ name, key: Symbol(name) });

/** Gives what was provided for a token. */
export type Get = <Value>(token: Token<Value>) => Value;

/**
 * tsyringe with types, and without its traps: a second registration is refused instead of winning silently, a cycle is
 * named instead of overflowing the stack, and what was made is closed, in reverse order.
 */
export class Wiring {
  readonly #container: DependencyContainer;
  readonly #provided: Set<symbol> = new Set();
  readonly #opened: Opened = new Opened();
  readonly #making: string[] = [];
  #closed: Promise<void> | undefined;

  constructor(container: DependencyContainer) {
    this.#container = container;
  }

  /** Says how it is made, once, when it is first asked for; `close` ends what was made. */
  provide<Value>(
    of: Token<Value>,
    make: (get: Get) => Value,
    close: (value: Value) => Promise<void> = async () => undefined,
  ): void {
    if (this.#provided.has(of.key)) throw new Error(`${of.name} is provided twice.`);
    this.#provided.add(of.key);
    const made = this.#once(of.name, make, close);
    this.#container.register<Value>(of.key, { useFactory: made });
  }

  /** Throws when nothing was provided for it. */
  readonly get: Get = (of) => {
    if (!this.#provided.has(of.key)) throw new Error(`${of.name} is not provided.`);
    return this.#container.resolve(of.key);
  };

  /** Makes everything that was provided and not asked for yet: a wrong wire shows at start, not at the first request. */
  resolveAll(): void {
    for (const key of this.#provided) this.#container.resolve(key);
  }

  /** Closes what was made, the latest first, each even if another failed; then rejects with the first failure. */
  close(): Promise<void> {
    this.#closed ??= this.#opened.close();
    return this.#closed;
  }

  #once<Value>(name: string, make: (get: Get) => Value, close: (value: Value) => Promise<void>): () => Value {
    let made: { readonly value: Value } | undefined;
    return () => {
      if (made !== undefined) return made.value;
      if (this.#making.includes(name)) throw new Error(`A cycle: ${[...this.#making, name].join(' -> ')}.`);
      this.#making.push(name);
      try {
        const value = make(this.get);
        made = { value };
        this.#opened.add(value, close);
        return value;
      } finally {
        this.#making.pop();
      }
    };
  }
}
