/** A key that sends at least 100 times what its limits allow. */
export interface Noise {
  readonly name: string;
  readonly about: string;
  readonly scopes: readonly string[];
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
 * Noise for every limit that a key can have. Each sends at least 100 times its limit. The limits are small, because this measures what a key
 * costs others beyond its limit: what the limit allows costs them as much as the same requests of any other key.
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
    about: '50,000 activities per second in batches of 500, which have 90 kB; the limit is 50',
    scopes: ['write'],
    limits: { itemsPerSecond: 50 },
    rate: 100,
    path: '/api/logs/batch',
    body: json(Array.from({ length: 500 }, () => draft)),
  },
  {
    name: 'bodies',
    about: '20 MB per second in bodies of 200 kB; the limit is 20,000',
    scopes: ['write'],
    limits: { bytesPerSecond: 20_000 },
    rate: 100,
    path: '/api/logs/batch',
    body: json(Array.from({ length: 25 }, () => ({ ...draft, metadata: { text: 'x'.repeat(8000) } }))),
  },
  {
    name: 'searches',
    about: '100 counts per second, which take some 100 ms; the limit is 1 ms',
    scopes: ['read'],
    limits: { searchMsPerSecond: 1 },
    rate: 100,
    path: '/api/logs/count',
  },
];
