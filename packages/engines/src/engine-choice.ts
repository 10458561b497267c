import type { TProperties } from '@sinclair/typebox';
import { type AwaitedEngine, type AwaitedEngines, type RawValues, wholeNumber } from '@user-activity/runner';
import type { ConfiguredEngine, EngineKind, LogEngine, StoreEngine } from './engine.ts';
import type { EngineKinds } from './engines.ts';

/** The chosen log and store, which are not open yet. */
export interface EngineSettings extends AwaitedEngines {
  readonly log: ConfiguredEngine<LogEngine>;
  readonly store: ConfiguredEngine<StoreEngine>;
}

type Variables = Readonly<Record<string, unknown>>;

/** Returns the variables that choose a kind of log or store when they are set. The embedded kind has none, because it is the default. */
const choosingVariables = (kinds: readonly AwaitedEngine[]): readonly string[] =>
  kinds.flatMap(({ variable }) => variable ?? []);

/** Returns the kinds whose choosing variable is set. More than one is a fault. */
const chosenKinds = <Kind extends AwaitedEngine>(
  kinds: readonly Kind[],
  values: Variables,
): readonly Kind[] =>
  kinds.filter(({ variable }) => variable !== undefined && values[variable] !== undefined);

function configure<Ports>(kinds: readonly EngineKind<Ports>[], values: Variables): ConfiguredEngine<Ports> {
  const kind = chosenKinds(kinds, values)[0] ?? kinds.find(({ variable }) => variable === undefined);
  if (kind === undefined)
    throw new Error('No log or store is chosen, which should have been checked before.');
  return kind.configure(values);
}

/** The environment variables by which operators choose the log and the store of an app, and the rules for their combinations. */
export class EngineChoice {
  readonly #kinds: EngineKinds;
  readonly #kindsByRole: readonly (readonly EngineKind<unknown>[])[];
  readonly variables;

  constructor(kinds: EngineKinds) {
    this.#kinds = kinds;
    this.#kindsByRole = [kinds.logs, kinds.stores];
    const kindVariables: TProperties = Object.fromEntries(
      this.#kindsByRole.flat().flatMap(({ variables }) => Object.entries(variables)),
    );
    this.variables = { START_TIMEOUT_MS: wholeNumber(1, 3_600_000, 60_000), ...kindVariables };
  }

  /** Returns whether the log or the store is not embedded, so that other processes may share it. */
  isShared(values: Variables): boolean {
    return chosenKinds(this.#kindsByRole.flat(), values).length > 0;
  }

  /** Returns the faults of the choice: none or several chosen for a role (log or store), or a faulty combination of variables of a chosen kind. */
  faults(texts: RawValues): readonly string[] {
    const remoteKinds = this.#kindsByRole.flat().filter(({ variable }) => variable !== undefined);
    const setVariables = Object.keys(texts).filter((name) =>
      remoteKinds.some(({ variables }) => Object.hasOwn(variables, name)),
    );
    const unchosenRoles = this.#kindsByRole.filter(
      (kinds) =>
        chosenKinds(kinds, texts).length === 0 &&
        (setVariables.length > 0 || choosingVariables(kinds).length === kinds.length),
    );
    const condition = setVariables.length > 0 ? ` together with ${setVariables.join(' and ')}` : '';
    if (unchosenRoles.length > 0)
      return unchosenRoles.map((kinds) => `${choosingVariables(kinds).join(' or ')} must be set${condition}`);
    return this.#kindsByRole.flatMap((kinds) => {
      const chosen = chosenKinds(kinds, texts);
      return chosen.length > 1
        ? `${choosingVariables(chosen).join(' and ')} exclude each other: set only one of them`
        : chosen.flatMap((kind) => kind.faults(texts));
    });
  }

  /** Returns the settings of the chosen log and store. Throws if the values have faults. */
  settings(values: Variables & { readonly START_TIMEOUT_MS: number }): EngineSettings {
    return {
      log: configure(this.#kinds.logs, values),
      store: configure(this.#kinds.stores, values),
      startTimeoutMs: values.START_TIMEOUT_MS,
    };
  }
}
