/** An activity as a client sends it. */
export interface Draft {
  readonly userId: string;
  readonly type: string;
  readonly metadata: Readonly<Record<string, string | number>>;
}

const types = ['LOGIN', 'LOGOUT', 'PAGE_VIEW', 'SEARCH', 'CHECKOUT', 'EXPORT'];
const users = 5000;

/** Returns the draft with a number. Drafts with successive numbers have different users, which are spread over all partitions. */
export const draftOf = (index: number): Draft => ({
  userId: `user-${(index * 7919) % users}`,
  type: types[index % types.length] ?? 'LOGIN',
  metadata: { ip: `10.0.${index % 256}.7`, page: `/products/${index % 1000}`, session: index % 100_000 },
});

/** The format of a request's body: one activity, a JSON array of activities, or NDJSON. */
export type BodyFormat = 'single' | 'json' | 'ndjson';

const mediaTypes = { single: 'application/json', json: 'application/json', ndjson: 'application/x-ndjson' };
const variants = 64;

function bodyOf(drafts: readonly Draft[], bodyFormat: BodyFormat): string {
  if (bodyFormat === 'single') return JSON.stringify(drafts[0]);
  if (bodyFormat === 'json') return JSON.stringify(drafts);
  return drafts.map((draft) => `${JSON.stringify(draft)}\n`).join('');
}

/** Returns the bytes of several HTTP requests that log activities. The requests have different users. */
export function makeLogRequests(bodyFormat: BodyFormat, eventsPerRequest: number): Uint8Array[] {
  const path = bodyFormat === 'single' ? '/api/logs' : '/api/logs/batch';
  return Array.from({ length: Math.max(4, Math.ceil(variants / eventsPerRequest)) }, (_, variant) => {
    const drafts = Array.from({ length: eventsPerRequest }, (__, index) =>
      draftOf(variant * eventsPerRequest + index),
    );
    const body = Buffer.from(bodyOf(drafts, bodyFormat));
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${mediaTypes[bodyFormat]}\r\nContent-Length: ${body.length}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), body]);
  });
}

/** Returns the bytes of a GET request. */
export const makeGetRequest = (path: string): Uint8Array =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
