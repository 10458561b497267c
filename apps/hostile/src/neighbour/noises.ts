/** The load of a key that sends at least 100 times as much as its limits allow. */
export interface Noise {
  readonly name: string;
  readonly about: string;
  /** The scopes of the key. */
  readonly scopes: readonly string[];
  /** The limits of the key. */
  readonly limits: Readonly<Record<string, number>>;
  /** The requests per second. */
  readonly rate: number;
  readonly path: string;
  /** The body of a POST. A request without a body is a GET. */
  readonly body?: Buffer;
}

const draft = { userId: 'noise', type: 'NOISE', metadata: { page: '/checkout', text: 'x'.repeat(100) } };
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/**
 * A noise for every limit that a key can have. The limits are small, so that almost all requests exceed them: the bench measures how much
 * refused requests slow other keys, not accepted ones.
 */
export const noises: readonly Noise[] = [
  {
    name: 'singles',
    about: '1,000 activities per second in single requests; the limit is 10',
    scopes: ['write'],
    limits: { itemsPerSecond: 10 },
    rate: 1000,
    path: '/api/logs',
    body: json(draft),
  },
  {
    name: 'batches',
    about: '50,000 activities per second in batches of 500 (90 kB each); the limit is 50',
    scopes: ['write'],
    limits: { itemsPerSecond: 50 },
    rate: 100,
    path: '/api/logs/batch',
    body: json(Array.from({ length: 500 }, () => draft)),
  },
  {
    name: 'bodies',
    about: '20 MB per second in bodies of 200 kB; the limit is 20 kB',
    scopes: ['write'],
    limits: { bytesPerSecond: 20_000 },
    rate: 100,
    path: '/api/logs/batch',
    body: json(Array.from({ length: 25 }, () => ({ ...draft, metadata: { text: 'x'.repeat(8000) } }))),
  },
  {
    name: 'searches',
    about: '100 counts per second, which need about 100 ms of search time; the limit is 1 ms',
    scopes: ['read'],
    limits: { searchMsPerSecond: 1 },
    rate: 100,
    path: '/api/logs/count',
  },
];
