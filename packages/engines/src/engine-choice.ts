import type { TProperties } from '@sinclair/typebox';
import { type AwaitedEngines, type Given, wholeNumber } from '@user-activity/runner';
import type { ConfiguredEngine, Engine, OpenLog, OpenStore } from './engine.ts';
import type { Engines } from './engines.ts';

/** The chosen log and store, not open yet. */
export interface EngineSettings extends AwaitedEngines {
  readonly log: ConfiguredEngine<OpenLog>;
  readonly store: ConfiguredEngine<OpenStore>;
}

const startVariables = {
  START_TIMEOUT_MS: wholeNumber(1, 3_600_000, 60_000),
};

type Values = Readonly<Record<string, unknown>>;

/** Returns the engines that the variables choose. */
const chosenOf = <Open>(engines: readonly Engine<Open>[], values: Values): readonly Engine<Open>[] =>
  engines.filter(({ variable }) => variable !== undefined && values[variable] !== undefined);

/** Returns the variables that choose an engine. */
const choosing = (engines: readonly Engine<unknown>[]): readonly string[] =>
  engines.flatMap(({ variable }) => variable ?? []);

/** The variables of the log and the store that an app offers, and what they mean together. */
export class EngineChoice {
  readonly #engines: Engines;
  readonly #kinds: readonly (readonly Engine<unknown>[])[];
  readonly variables;

  constructor(engines: Engines) {
    this.#engines = engines;
    this.#kinds = [engines.logs, engines.stores];
    const ofEngines: TProperties = Object.fromEntries(
      this.#kinds.flat().flatMap(({ variables }) => Object.entries(variables)),
    );
    this.variables = { ...startVariables, ...ofEngines };
  }

  /** Returns whether other processes may share the log and the store. */
  isShared(values: Values): boolean {
    return chosenOf(this.#kinds.flat(), values).length > 0;
  }

  /** Returns the faults of a missing engine, of a setting for a missing engine, of too many engines, and of each engine. */
  faults(given: Given): readonly string[] {
    const remote = this.#kinds.flat().filter(({ variable }) => variable !== undefined);
    const set = Object.keys(given).filter((name) =>
      remote.some(({ variables }) => Object.hasOwn(variables, name)),
    );
    const missing = this.#kinds.filter(
      (kind) =>
        choosing(kind).length > 0 &&
        chosenOf(kind, given).length === 0 &&
        (set.length > 0 || choosing(kind).length === kind.length),
    );
    if (missing.length > 0) {
      const why = set.length > 0 ? ` together with ${set.join(' and ')}` : '';
      return missing.map((kind) => `${choosing(kind).join(' or ')} must be set${why}`);
    }
    return this.#kinds.flatMap((kind) => {
      const chosen = chosenOf(kind, given);
      return chosen.length > 1
        ? `only one of ${choosing(chosen).join(' and ')} may be set: unset the others`
        : chosen.flatMap((engine) => engine.faults(given));
    });
  }

  /** Takes the settings of the chosen log and store. Call it only if `faults` returned none. */
  settings(values: Values & { readonly START_TIMEOUT_MS: number }): EngineSettings {
    const configured = <Open>(engines: readonly Engine<Open>[]): ConfiguredEngine<Open> => {
      const engine = chosenOf(engines, values)[0] ?? engines.find(({ variable }) => variable === undefined);
      if (engine === undefined) throw new Error('The variables of the log and the store were not checked.');
      return engine.configure(values);
    };
    return {
      log: configured(this.#engines.logs),
      store: configured(this.#engines.stores),
      startTimeoutMs: values.START_TIMEOUT_MS,
    };
  }
}
