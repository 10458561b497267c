import 'reflect-metadata';
import { type DependencyContainer, instanceCachingFactory } from 'tsyringe';
import { Closers } from './closers.ts';

declare const valueType: unique symbol;

/** Identifies a value that can be provided, and carries its type. */
export interface Token<Value> {
  readonly name: string;
  readonly key: symbol;
  readonly [valueType]?: Value;
}

/** Makes a token. Error messages show its name. */
export const token = <Value>(name: string): Token<Value> => ({ name, key: Symbol(name) });

/** Returns the value provided for a token. */
export type Get = <Value>(token: Token<Value>) => Value;

/**
 * A typed wrapper of a tsyringe container. In addition to tsyringe, it throws if a token is registered twice, names the tokens of a dependency
 * cycle, and closes values in the reverse order of their creation.
 */
export class Wiring {
  readonly #container: DependencyContainer;
  readonly #providedKeys: Set<symbol> = new Set();
  readonly #closers: Closers = new Closers();
  readonly #namesInProgress: string[] = [];
  #closing: Promise<void> | undefined;

  constructor(container: DependencyContainer) {
    this.#container = container;
  }

  /** Registers the function that makes the value of a token when it is first requested. `close` is called when this wiring is closed. */
  provide<Value>(
    valueToken: Token<Value>,
    make: (get: Get) => Value,
    close: (value: Value) => Promise<void> = async () => undefined,
  ): void {
    if (this.#providedKeys.has(valueToken.key)) throw new Error(`${valueToken.name} is provided twice.`);
    this.#providedKeys.add(valueToken.key);
    const factory = instanceCachingFactory(() => this.#make(valueToken.name, make, close));
    this.#container.register<Value>(valueToken.key, { useFactory: factory });
  }

  /** Returns the value of a token. Throws if none was provided. */
  readonly get: Get = (valueToken) => {
    if (!this.#providedKeys.has(valueToken.key)) throw new Error(`${valueToken.name} is not provided.`);
    return this.#container.resolve(valueToken.key);
  };

  /** Makes all values now, so that a fault in the wiring fails the start and not a later request. */
  resolveAll(): void {
    for (const key of this.#providedKeys) this.#container.resolve(key);
  }

  /** Closes all values, the latest first. If closing one fails, closes the others, and then rejects with the first failure. */
  close(): Promise<void> {
    this.#closing ??= this.#closers.close();
    return this.#closing;
  }

  #make<Value>(name: string, make: (get: Get) => Value, close: (value: Value) => Promise<void>): Value {
    if (this.#namesInProgress.includes(name))
      throw new Error(
        `These values depend on each other in a cycle: ${[...this.#namesInProgress, name].join(' -> ')}.`,
      );
    this.#namesInProgress.push(name);
    try {
      return this.#closers.add(make(this.get), close);
    } finally {
      this.#namesInProgress.pop();
    }
  }
}
