import type { TProperties } from '@sinclair/typebox';
import { type AwaitedEngines, type Given, wholeNumber } from '@user-activity/runner';
import type { ConfiguredEngine, EngineKind, OpenLog, OpenStore } from './engine.ts';
import type { EngineKinds } from './engines.ts';

/** The chosen log and store, not open yet. */
export interface EngineSettings extends AwaitedEngines {
  readonly log: ConfiguredEngine<OpenLog>;
  readonly store: ConfiguredEngine<OpenStore>;
}

const startVariables = {
  START_TIMEOUT_MS: wholeNumber(1, 3_600_000, 60_000),
};

type Values = Readonly<Record<string, unknown>>;

/** Returns the kinds that the variables choose: more than one is a fault. */
const chosenOf = <Open>(kinds: readonly EngineKind<Open>[], values: Values): readonly EngineKind<Open>[] =>
  kinds.filter(({ variable }) => variable !== undefined && values[variable] !== undefined);

/** Returns the variables by which these kinds are chosen. */
const choosing = (kinds: readonly EngineKind<unknown>[]): readonly string[] =>
  kinds.flatMap(({ variable }) => variable ?? []);

/** The variables of the log and the store that an app offers, and what they mean together. */
export class EngineChoice {
  readonly #kinds: EngineKinds;
  readonly #sides: readonly (readonly EngineKind<unknown>[])[];
  readonly variables;

  constructor(kinds: EngineKinds) {
    this.#kinds = kinds;
    this.#sides = [kinds.logs, kinds.stores];
    const ofEngines: TProperties = Object.fromEntries(
      this.#sides.flat().flatMap(({ variables }) => Object.entries(variables)),
    );
    this.variables = { ...startVariables, ...ofEngines };
  }

  /** Returns whether other processes may share the log and the store: one of them is not embedded. */
  isShared(values: Values): boolean {
    return chosenOf(this.#sides.flat(), values).length > 0;
  }

  /** Returns the faults of a missing log or store, of two that exclude each other, and of the variables of each. */
  faults(given: Given): readonly string[] {
    const remote = this.#sides.flat().filter(({ variable }) => variable !== undefined);
    const set = Object.keys(given).filter((name) =>
      remote.some(({ variables }) => Object.hasOwn(variables, name)),
    );
    const missing = this.#sides.filter(
      (side) =>
        choosing(side).length > 0 &&
        chosenOf(side, given).length === 0 &&
        (set.length > 0 || choosing(side).length === side.length),
    );
    if (missing.length > 0) {
      const why = set.length > 0 ? ` together with ${set.join(' and ')}` : '';
      return missing.map((side) => `${choosing(side).join(' or ')} must be set${why}`);
    }
    return this.#sides.flatMap((side) => {
      const chosen = chosenOf(side, given);
      return chosen.length > 1
        ? `${choosing(chosen).join(' and ')} exclude each other: set only one of them`
        : chosen.flatMap((kind) => kind.faults(given));
    });
  }

  /** Takes the settings of the chosen log and store. Call it only if `faults` returned none. */
  settings(values: Values & { readonly START_TIMEOUT_MS: number }): EngineSettings {
    const configured = <Open>(side: readonly EngineKind<Open>[]): ConfiguredEngine<Open> => {
      const kind = chosenOf(side, values)[0] ?? side.find(({ variable }) => variable === undefined);
      if (kind === undefined) throw new Error('The variables of the log and the store were not checked.');
      return kind.configure(values);
    };
    return {
      log: configured(this.#kinds.logs),
      store: configured(this.#kinds.stores),
      startTimeoutMs: values.START_TIMEOUT_MS,
    };
  }
}
