import type { Fault, Faults } from './faults/fault.ts';
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

/**
 * Draws a schedule for a run of `seconds`. In a lane, each kind of fault occurs once before any kind occurs again. A fault that needs
 * another one, such as a restore, strikes in the middle of the others.
 */
export const drawSchedule = (random: Random, seconds: number): Schedule => ({
  log: drawLane(random.fork(), 'log', seconds),
  store: drawLane(random.fork(), 'store', seconds),
  services: drawLane(random.fork(), 'services', seconds),
});

function drawLane(random: Random, lane: Lane, seconds: number): readonly PlannedFault[] {
  const plannedFaults: PlannedFault[] = [];
  let deck: Card[] = [];
  let at = random.int(1, 3);
  for (;;) {
    if (deck.length === 0) deck = drawDeck(random, faults[lane]);
    const [kind, fault] = deck.shift() ?? [];
    if (kind === undefined || fault === undefined) throw new Error(`The lane ${lane} has no fault.`);
    const lastsMs = random.int(...fault.lastsMs);
    if (at + lastsMs / 1000 > seconds) return plannedFaults;
    plannedFaults.push({ kind, fault, at, lastsMs, choice: random.int(0, 1000) });
    at += Math.ceil(lastsMs / 1000) + fault.overheadSeconds + random.int(1, 3);
  }
}

/** A kind of fault, and the fault. */
type Card = readonly [kind: string, fault: Fault];

/** Returns all faults of a lane in a random order. The fault with `preparedBy` is in the middle, and the fault that it names is before it. */
function drawDeck(random: Random, faultsOfLane: Faults): Card[] {
  const cards = Object.entries(faultsOfLane);
  const prepared = cards.find(([, { preparedBy }]) => preparedBy !== undefined);
  const preparing = cards.find(([kind]) => kind === prepared?.[1].preparedBy);
  const deck = random.shuffled(cards.filter((card) => card !== prepared && card !== preparing)).toReversed();
  if (prepared === undefined || preparing === undefined) return deck;
  const middle = Math.ceil(deck.length / 2);
  return deck.toSpliced(middle, 0, prepared).toSpliced(random.int(0, middle), 0, preparing);
}
