import { type Place, places } from './places.ts';
import { Random } from './random.ts';

export type Role = 'customer' | 'analyst' | 'support' | 'admin' | 'service' | 'bot';

/** A user of the demo, a human or a machine, with the habits that shape its activities. */
export interface Person {
  /** The id of the user. */
  readonly id: string;
  readonly role: Role;
  readonly zone: string;
  readonly city: string;
  readonly country: string;
  readonly ip: string;
  readonly device: string;
  readonly browser: string;
  /** When the active part of a day begins and ends, in minutes after midnight of the local time. */
  readonly hours: readonly [from: number, to: number];
  /** The activity on a day of the weekend, relative to a working day. */
  readonly weekendShare: number;
  /** The activity of this person, relative to others. */
  readonly weight: number;
}

const machines: readonly (readonly [id: string, role: Role])[] = [
  ['svc-erp-sync', 'service'],
  ['svc-billing', 'service'],
  ['svc-warehouse', 'service'],
  ['bot-price-crawler', 'bot'],
  ['bot-uptime', 'bot'],
  ['bot-nightly-reports', 'bot'],
];

const roles: readonly (readonly [Role, number])[] = [
  ['customer', 90],
  ['analyst', 5],
  ['support', 4],
  ['admin', 1],
];

const devices: readonly (readonly [readonly [device: string, browser: string], number])[] = [
  [['iPhone', 'Safari 26'], 26],
  [['Android', 'Chrome 150'], 30],
  [['Windows', 'Edge 150'], 16],
  [['Windows', 'Firefox 152'], 8],
  [['macOS', 'Safari 26'], 10],
  [['macOS', 'Chrome 150'], 6],
  [['Linux', 'Firefox 152'], 4],
];

const emoji = ['🦊', '🌻', '🚀', '🐙', '👩‍🚀', '🇧🇷'];
const stream = 1;

/** Makes the people of a demo, each with a different id. The first ones are machines. */
export function makePeople(seed: number, count: number): readonly Person[] {
  const taken = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    const random = new Random(seed, stream, index);
    // At most a third of a small demo are machines.
    const machine = index * 3 < count ? machines[index] : undefined;
    const person = machine === undefined ? human(random, taken, index) : makeMachine(machine, index);
    taken.add(person.id);
    return person;
  });
}

const makeMachine = ([id, role]: readonly [string, Role], index: number): Person => ({
  id,
  role,
  zone: 'UTC',
  city: 'eu-central-1',
  country: 'DE',
  ip: `10.0.8.${10 + index}`,
  device: 'server',
  browser: role === 'bot' ? 'bot-runner/4.2' : 'integration/2.9',
  hours: [0, 24 * 60],
  weekendShare: 1,
  weight: role === 'bot' ? 14 : 20,
});

function human(random: Random, taken: ReadonlySet<string>, index: number): Person {
  const place = random.pickWeighted(places.map((item) => [item, item.weight] as const));
  const role = random.pickWeighted(roles);
  const isStaff = role !== 'customer';
  const [device, browser] = random.pickWeighted(devices);
  const name = nameOf(random, place);
  const from = isStaff ? random.int(7 * 60, 10 * 60) : random.int(8 * 60, 18 * 60);
  return {
    id: taken.has(name) ? numbered(name, index) : name,
    role,
    zone: place.zone,
    city: place.city,
    country: place.country,
    ip: addressOf(random, isStaff),
    device: isStaff ? 'macOS' : device,
    browser: isStaff ? 'Chrome 150' : browser,
    hours: [from, Math.min(from + (isStaff ? 9 : random.int(3, 7)) * 60, 24 * 60 - 1)],
    weekendShare: isStaff ? 0.04 : random.pick([0.3, 0.8, 1.6]),
    // A few people do a lot, and most do little.
    weight: (isStaff ? 2 : 1) * (0.15 + random.share() ** 4 * 6),
  };
}

function nameOf(random: Random, { firstNames, lastNames, hasAddresses, country }: Place): string {
  const [first, last] = [random.pick(firstNames), random.pick(lastNames)];
  if (hasAddresses && random.chance(0.9)) return `${first}.${last}@${random.pick(domains)}`;
  const [firstName, lastName] = [capital(first), capital(last)];
  if (random.chance(0.02)) return `${firstName} ${random.pick(emoji)}`;
  // Some names are very long, as those of organisations can be, so that the dashboard must shorten them.
  if (random.chance(0.004)) return `${firstName} ${lastName} (${'department of '.repeat(15)}archives)`;
  if (country === 'KR') return `${lastName}${firstName}`;
  return country === 'JP' ? `${lastName} ${firstName}` : `${firstName} ${lastName}`;
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const domains = ['nordwind.example', 'acme.example', 'mail.example', 'mail.example', 'post.example'];

const numbered = (name: string, index: number): string =>
  name.includes('@') ? name.replace('@', `${index}@`) : `${name} ${index}`;

/** Returns an IP address from a range that nobody uses publicly: private, for documentation (RFC 3849), or for benchmarks (RFC 2544). */
function addressOf(random: Random, isStaff: boolean): string {
  if (isStaff) return `10.20.${random.int(0, 7)}.${random.int(2, 254)}`;
  if (random.chance(0.2)) return `2001:db8:${random.int(1, 0xffff).toString(16)}::${random.int(1, 99)}`;
  return `198.${random.int(18, 19)}.${random.int(0, 255)}.${random.int(1, 254)}`;
}
