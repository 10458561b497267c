import { Principal } from '@user-activity/domain';
import type { Audit } from '../src/audit/audit.ts';
import { makeReplayDeadLetters } from '../src/dead-letters/replay-dead-letters.ts';
import { inDefault } from './records.ts';

/** Makes changes without audit events. */
export const unaudited: Audit = (_event, change) => change();

/** Returns the use case as an operator with a root key calls it. */
export const asRoot =
  <Args extends readonly unknown[], Result>(useCase: (principal: Principal, ...args: Args) => Result) =>
  (...args: Args): Result =>
    useCase(Principal.root, ...args);

type ReplayDeps = Omit<Parameters<typeof makeReplayDeadLetters>[0], 'audit'>;

/** Makes the use case that replays dead letters of `default`, without audit events. */
export const makeReplayInDefault = (deps: ReplayDeps) =>
  inDefault(asRoot(makeReplayDeadLetters({ ...deps, audit: unaudited })));
