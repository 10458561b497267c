import type { UserActivity } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { StreamClient } from '../feed/stream-client.ts';
import type { Service } from '../service.ts';

const start = Date.parse('2026-01-02T03:04:05.678Z');

/** The number of activities in a page of an export. */
export const pageSize = 100;

/** Makes activities of three users and two types. Some have the same time, and their ids are not in order. */
export const variedActivities = (count: number): UserActivity[] =>
  Array.from({ length: count }, (_, index) =>
    sampleActivity({
      id: `id-${(index * 7919) % count}`,
      userId: ['ann', 'bob', 'cem'][index % 3] ?? '',
      type: index % 2 === 0 ? 'LOGIN' : 'LOGOUT',
      createdAt: start + Math.floor(index / 4) * 1000,
      metadata: { device: { os: index % 5 === 0 ? 'ios' : 'linux' } },
    }),
  );

/** The members of an NDJSON line that a test needs. */
interface Line {
  readonly id: string;
  readonly createdAt: string;
}

export const linesIn = (text: string): readonly Line[] =>
  text
    .split('\n')
    // After the last line break, the text is empty, or a line that was cut off.
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

export const idsIn = (text: string): readonly string[] => linesIn(text).map(({ id }) => id);

/** Returns the parameter that continues an export after a line. */
export const after = ({ createdAt, id }: Line): string => `after=${encodeURIComponent(`${createdAt}~${id}`)}`;

/** Exports to the end. Throws if the export is refused. */
export async function exported({ app }: Service, query = ''): Promise<string> {
  const response = await app.inject(`/api/logs/export${query}`);
  if (response.statusCode !== 200) throw new Error(response.body);
  return response.body;
}

/**
 * From now on, calls `before` ahead of each query of the store, with the number of the query. Returns a function that counts the queries.
 */
export function watchQueries(
  { repository }: Pick<Service, 'repository'>,
  before: (count: number) => unknown = () => undefined,
): () => number {
  const find = repository.find.bind(repository);
  let queries = 0;
  repository.find = async (query) => {
    queries += 1;
    await before(queries);
    return find(query);
  };
  return () => queries;
}

/** A client of an export, which may stop reading at any time. */
export class ExportClient {
  readonly #client: StreamClient;
  #text = '';

  private constructor(client: StreamClient) {
    this.#client = client;
  }

  static async connect(url: string, headers: Record<string, string> = {}): Promise<ExportClient> {
    return new ExportClient(await StreamClient.connect(url, headers));
  }

  /** Requests an export, and reads all of it until it ends or breaks off. */
  static async take(url: string, headers: Record<string, string> = {}): Promise<ExportClient> {
    const client = await ExportClient.connect(url, headers);
    await client.readAll();
    return client;
  }

  /** The text that has arrived. */
  get text(): string {
    return this.#text;
  }

  get status(): number | undefined {
    return this.#client.response.statusCode;
  }

  /** Whether the whole response has arrived, as its framing shows. */
  get isComplete(): boolean {
    return this.#client.response.complete;
  }

  read(): void {
    this.#client.response.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
    });
  }

  async readAll(): Promise<void> {
    this.read();
    await this.ended;
  }

  get ended(): Promise<void> {
    return this.#client.ended;
  }

  close(): void {
    this.#client.close();
  }
}
