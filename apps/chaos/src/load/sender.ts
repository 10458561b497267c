import type { Draft, Exchange, Ledger, LogResponse } from './ledger.ts';

const timeoutMs = 8000;

/** The URL of an API, and the project that requests name in the header `X-Project`. */
export interface Target {
  readonly url: string;
  readonly project: string;
}

/** Posts drafts, and adds the request to the ledger, with its response if there was one. */
export async function send(
  ledger: Ledger,
  target: Target,
  drafts: readonly Draft[],
  isInvalid = false,
): Promise<Exchange> {
  const sentAt = performance.now();
  const response = await post(target, drafts);
  const exchange = { drafts, isInvalid, sentAt, ...(response === undefined ? {} : { response }) };
  ledger.add(target.project, exchange);
  return exchange;
}

/** Posts one draft as a single activity, or several drafts as a batch. Resolves with undefined if no complete response came within 8 s. */
export async function post(
  { url, project }: Target,
  drafts: readonly Draft[],
): Promise<LogResponse | undefined> {
  const [path, body] = drafts.length === 1 ? ['/api/logs', drafts[0]] : ['/api/logs/batch', drafts];
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-project': project },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { detail, id, ids = id === undefined ? [] : [id] } = (await response.json()) as ResponseBody;
    const refusal = detail === undefined ? {} : { reason: detail.replaceAll(/ \(.*?\)/g, '') };
    return { at: performance.now(), status: response.status, ids, ...refusal };
  } catch {
    // The connection was refused or lost, or the request timed out.
    return undefined;
  }
}

interface ResponseBody {
  readonly detail?: string;
  readonly id?: string;
  readonly ids?: readonly (string | null)[];
}
