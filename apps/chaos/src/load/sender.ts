import type { Answer, Draft, Exchange, Ledger } from './ledger.ts';

const timeoutMs = 8000;

/** A request to log activities. */
export interface Sending {
  readonly url: string;
  readonly drafts: readonly Draft[];
  readonly batch: boolean;
  readonly isUnsound?: boolean;
}

/** Posts drafts, and notes the request and its answer, if any, in the ledger. */
export async function send(
  ledger: Ledger,
  { url, drafts, batch, isUnsound = false }: Sending,
): Promise<Exchange> {
  const sentAt = performance.now();
  const answer = await post(url, batch ? '/api/logs/batch' : '/api/logs', batch ? drafts : drafts[0]);
  const exchange = { drafts, isUnsound, sentAt, ...(answer === undefined ? {} : { answer }) };
  ledger.note(exchange);
  return exchange;
}

async function post(url: string, path: string, body: unknown): Promise<Answer | undefined> {
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const said = (await response.json()) as Said;
    const reason = said.detail?.replaceAll(/ \(.*?\)/g, '');
    const why = reason === undefined ? {} : { reason };
    return { at: performance.now(), status: response.status, ids: idsOf(said), ...why };
  } catch {
    // Cut off, refused or too late: the outcome is unknown.
    return undefined;
  }
}

interface Said {
  readonly detail?: string;
  readonly id?: string;
  readonly ids?: readonly (string | null)[];
}

const idsOf = ({ id, ids }: Said): readonly (string | null)[] => ids ?? (id === undefined ? [] : [id]);
