import type { Unit } from '../site/unit.ts';

/** Returns the units that have a process. If no unit has a process, returns all units. */
export const runningUnits = (units: readonly Unit[]): readonly Unit[] => {
  const running = units.filter(({ pid }) => pid !== undefined);
  return running.length === 0 ? units : running;
};
