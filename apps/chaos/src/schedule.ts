import type { Fault } from './faults/fault.ts';
import { faults, type Lane } from './faults/faults.ts';
import type { Random } from './random.ts';

/** A planned fault. */
export interface PlannedFault {
  readonly kind: string;
  readonly fault: Fault;
  /** The time at which the fault strikes, in seconds after the start. */
  readonly at: number;
  /** The duration in milliseconds; 0 if the fault has no duration. */
  readonly lastsMs: number;
  /** A whole number that chooses the target. */
  readonly choice: number;
}

/** The faults of each lane, in the order of their times. Faults of different lanes may overlap. */
export type Schedule = Readonly<Record<Lane, readonly PlannedFault[]>>;

/** Draws a schedule for a run of `seconds`. In a lane, each kind of fault occurs once before any kind occurs again. */
export const drawSchedule = (random: Random, seconds: number): Schedule => ({
  log: drawLane(random.fork(), 'log', seconds),
  store: drawLane(random.fork(), 'store', seconds),
  services: drawLane(random.fork(), 'services', seconds),
});

function drawLane(random: Random, lane: Lane, seconds: number): readonly PlannedFault[] {
  const plannedFaults: PlannedFault[] = [];
  let deck: [kind: string, fault: Fault][] = [];
  let at = random.int(1, 3);
  for (;;) {
    if (deck.length === 0) deck = random.shuffled(Object.entries(faults[lane]));
    const [kind, fault] = deck.pop() ?? [];
    if (kind === undefined || fault === undefined) throw new Error(`The lane ${lane} has no fault.`);
    const lastsMs = random.int(...fault.lastsMs);
    if (at + lastsMs / 1000 > seconds) return plannedFaults;
    plannedFaults.push({ kind, fault, at, lastsMs, choice: random.int(0, 1000) });
    at += Math.ceil(lastsMs / 1000) + fault.overheadSeconds + random.int(1, 3);
  }
}
