import type { Answer, Draft, Exchange, Ledger } from './ledger.ts';

const timeoutMs = 8000;

/** A request to log activities. */
export interface LogRequest {
  readonly url: string;
  readonly drafts: readonly Draft[];
  readonly batch: boolean;
  readonly isInvalid?: boolean;
}

/** Posts drafts. Adds the request and its answer, if any, to the ledger. */
export async function send(
  ledger: Ledger,
  { url, drafts, batch, isInvalid = false }: LogRequest,
): Promise<Exchange> {
  const sentAt = performance.now();
  const answer = await post(url, batch ? '/api/logs/batch' : '/api/logs', batch ? drafts : drafts[0]);
  const exchange = { drafts, isInvalid, sentAt, ...(answer === undefined ? {} : { answer }) };
  ledger.add(exchange);
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
    const responseBody = (await response.json()) as ResponseBody;
    const reason = responseBody.detail?.replaceAll(/ \(.*?\)/g, '');
    const refusal = reason === undefined ? {} : { reason };
    return { at: performance.now(), status: response.status, ids: idsOf(responseBody), ...refusal };
  } catch {
    // The connection was cut or refused, or the answer was too late. The outcome is unknown.
    return undefined;
  }
}

interface ResponseBody {
  readonly detail?: string;
  readonly id?: string;
  readonly ids?: readonly (string | null)[];
}

const idsOf = ({ id, ids }: ResponseBody): readonly (string | null)[] =>
  ids ?? (id === undefined ? [] : [id]);
