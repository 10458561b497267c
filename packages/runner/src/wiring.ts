import 'reflect-metadata';
import { type DependencyContainer, instanceCachingFactory } from 'tsyringe';
import { Closers } from './closers.ts';

declare const provides: unique symbol;

/** Identifies a value that can be provided, and carries its type. */
export interface Token<Value> {
  readonly name: string;
  readonly key: symbol;
  readonly [provides]?: Value;
}

/** Makes a token. Error messages show its name. */
export const token = <Value>(name: string): Token<Value> => ({ name, key: Symbol(name) });

/** Returns the value provided for a token. */
export type Get = <Value>(token: Token<Value>) => Value;

/**
 * Wraps tsyringe with types. Refuses a second registration of a token, names the tokens of a cycle, and closes the values that it
 * made in reverse order; tsyringe does none of these.
 */
export class Wiring {
  readonly #container: DependencyContainer;
  readonly #provided: Set<symbol> = new Set();
  readonly #closers: Closers = new Closers();
  readonly #making: string[] = [];
  #closed: Promise<void> | undefined;

  constructor(container: DependencyContainer) {
    this.#container = container;
  }

  /** Registers how to make the value of a token, once, at the first request. `close` runs when this wiring is closed. */
  provide<Value>(
    item: Token<Value>,
    make: (get: Get) => Value,
    close: (value: Value) => Promise<void> = async () => undefined,
  ): void {
    if (this.#provided.has(item.key)) throw new Error(`${item.name} is provided twice.`);
    this.#provided.add(item.key);
    const made = instanceCachingFactory(() => this.#make(item.name, make, close));
    this.#container.register<Value>(item.key, { useFactory: made });
  }

  /** Returns the value of a token. Throws if none was provided. */
  readonly get: Get = (item) => {
    if (!this.#provided.has(item.key)) throw new Error(`${item.name} is not provided.`);
    return this.#container.resolve(item.key);
  };

  /** Makes all values now, so that a fault in the wiring shows at the start and not at the first request. */
  resolveAll(): void {
    for (const key of this.#provided) this.#container.resolve(key);
  }

  /** Closes all values, the latest first, even if closing one fails. Then rejects with the first failure, if any. */
  close(): Promise<void> {
    this.#closed ??= this.#closers.close();
    return this.#closed;
  }

  #make<Value>(name: string, make: (get: Get) => Value, close: (value: Value) => Promise<void>): Value {
    if (this.#making.includes(name)) throw new Error(`A cycle: ${[...this.#making, name].join(' -> ')}.`);
    this.#making.push(name);
    try {
      return this.#closers.add(make(this.get), close);
    } finally {
      this.#making.pop();
    }
  }
}
