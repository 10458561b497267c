import type { TProperties } from '@sinclair/typebox';
import { type AwaitedEngine, type AwaitedEngines, type Given, wholeNumber } from '@user-activity/runner';
import type { ConfiguredEngine, EngineKind, LogEngine, StoreEngine } from './engine.ts';
import type { EngineKinds } from './engines.ts';

/** The chosen log and store, not open yet. */
export interface EngineSettings extends AwaitedEngines {
  readonly log: ConfiguredEngine<LogEngine>;
  readonly store: ConfiguredEngine<StoreEngine>;
}

type Values = Readonly<Record<string, unknown>>;

/** Returns the variables of the kinds. Setting one chooses its kind. An embedded kind has none, and is the default. */
const choosingVariables = (kinds: readonly AwaitedEngine[]): readonly string[] =>
  kinds.flatMap(({ variable }) => variable ?? []);

/** Returns the kinds that the variables choose. More than one is a fault. */
const chosenKinds = <Kind extends AwaitedEngine>(kinds: readonly Kind[], values: Values): readonly Kind[] =>
  kinds.filter(({ variable }) => variable !== undefined && values[variable] !== undefined);

function configured<Ports>(kinds: readonly EngineKind<Ports>[], values: Values): ConfiguredEngine<Ports> {
  const kind = chosenKinds(kinds, values)[0] ?? kinds.find(({ variable }) => variable === undefined);
  if (kind === undefined) throw new Error('The variables of the log and the store were not checked.');
  return kind.configure(values);
}

/** The variables of the log and the store that an app offers, and what they mean together. */
export class EngineChoice {
  readonly #kinds: EngineKinds;
  readonly #sides: readonly (readonly EngineKind<unknown>[])[];
  readonly variables;

  constructor(kinds: EngineKinds) {
    this.#kinds = kinds;
    this.#sides = [kinds.logs, kinds.stores];
    const ofKinds: TProperties = Object.fromEntries(
      this.#sides.flat().flatMap(({ variables }) => Object.entries(variables)),
    );
    this.variables = { START_TIMEOUT_MS: wholeNumber(1, 3_600_000, 60_000), ...ofKinds };
  }

  /** Returns whether the log or the store is not embedded, so that other processes may share it. */
  isShared(values: Values): boolean {
    return chosenKinds(this.#sides.flat(), values).length > 0;
  }

  /** Returns the faults of the variables: a missing log or store, two that exclude each other, and those of the chosen kinds. */
  faults(given: Given): readonly string[] {
    const remote = this.#sides.flat().filter(({ variable }) => variable !== undefined);
    const set = Object.keys(given).filter((name) =>
      remote.some(({ variables }) => Object.hasOwn(variables, name)),
    );
    const missing = this.#sides.filter(
      (kinds) =>
        chosenKinds(kinds, given).length === 0 &&
        (set.length > 0 || choosingVariables(kinds).length === kinds.length),
    );
    const because = set.length > 0 ? ` together with ${set.join(' and ')}` : '';
    if (missing.length > 0)
      return missing.map((kinds) => `${choosingVariables(kinds).join(' or ')} must be set${because}`);
    return this.#sides.flatMap((kinds) => {
      const chosen = chosenKinds(kinds, given);
      return chosen.length > 1
        ? `${choosingVariables(chosen).join(' and ')} exclude each other: set only one of them`
        : chosen.flatMap((kind) => kind.faults(given));
    });
  }

  /** Returns the settings of the chosen log and store. Throws if the values have faults. */
  settings(values: Values & { readonly START_TIMEOUT_MS: number }): EngineSettings {
    return {
      log: configured(this.#kinds.logs, values),
      store: configured(this.#kinds.stores, values),
      startTimeoutMs: values.START_TIMEOUT_MS,
    };
  }
}
