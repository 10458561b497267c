import type { Fault, Faults } from './faults/fault.ts';
import { faults, type Lane } from './faults/faults.ts';
import type { Random } from './random.ts';

/** A fault, with the time at which it must strike. */
export interface PlannedFault {
  readonly kind: string;
  readonly fault: Fault;
  /** When the fault strikes, in seconds after the start of the run. */
  readonly atSeconds: number;
  /** How long the fault lasts, in milliseconds. 0 if the fault has no duration. */
  readonly lastsMs: number;
  /** A random whole number, from which the fault chooses its target, for example a broker. */
  readonly choice: number;
}

/** The planned faults of each lane, ordered by time. Faults of different lanes may overlap. */
export type Schedule = Readonly<Record<Lane, readonly PlannedFault[]>>;

/**
 * Draws a random schedule for a run of `seconds`. Each lane repeats a kind of fault only after every other kind has occurred as often. The
 * restore of the store strikes in the middle of the faults of its lane, and the backup strikes before it.
 */
export const drawSchedule = (random: Random, seconds: number): Schedule => ({
  log: drawLane(random.fork(), 'log', seconds),
  store: drawLane(random.fork(), 'store', seconds),
  services: drawLane(random.fork(), 'services', seconds),
});

function drawLane(random: Random, lane: Lane, seconds: number): readonly PlannedFault[] {
  const plannedFaults: PlannedFault[] = [];
  let deck: Card[] = [];
  let atSeconds = random.int(1, 3);
  for (;;) {
    if (deck.length === 0) deck = drawDeck(random, faults[lane]);
    const [kind, fault] = deck.shift() ?? [];
    if (kind === undefined || fault === undefined) throw new Error(`The lane ${lane} has no faults to draw.`);
    const lastsMs = random.int(...fault.lastsMs);
    if (atSeconds + lastsMs / 1000 > seconds) return plannedFaults;
    plannedFaults.push({ kind, fault, atSeconds, lastsMs, choice: random.int(0, 1000) });
    atSeconds += Math.ceil(lastsMs / 1000) + fault.overheadSeconds + random.int(1, 3);
  }
}

/** A fault, with the name of its kind. */
type Card = readonly [kind: string, fault: Fault];

/** Returns the faults of a lane in a random order, except that a fault with `preparedBy` is in the middle, after the fault that prepares it. */
function drawDeck(random: Random, faultsOfLane: Faults): Card[] {
  const cards = Object.entries(faultsOfLane);
  const prepared = cards.find(([, { preparedBy }]) => preparedBy !== undefined);
  const preparing = cards.find(([kind]) => kind === prepared?.[1].preparedBy);
  const deck = random.shuffled(cards.filter((card) => card !== prepared && card !== preparing)).toReversed();
  if (prepared === undefined || preparing === undefined) return deck;
  const middle = Math.ceil(deck.length / 2);
  return deck.toSpliced(middle, 0, prepared).toSpliced(random.int(0, middle), 0, preparing);
}
