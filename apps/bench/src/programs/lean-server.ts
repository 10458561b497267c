import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  parseNdjson,
  type PlainDraft,
  type PlainRecord,
  makePlainRecord,
  makePlainRecords,
  receiptOf,
} from './plain-record.ts';

/** Writes records. Resolves once they are durable. */
export type Publish = (records: readonly PlainRecord[]) => Promise<void>;

function isDraft({ userId, type, metadata }: PlainDraft): boolean {
  if (typeof userId !== 'string' || userId === '' || userId.length > 256) return false;
  if (typeof type !== 'string' || type === '' || type.length > 256) return false;
  return metadata === undefined || (typeof metadata === 'object' && metadata !== null);
}

function answer(response: ServerResponse, status: number, json: string, location?: string): void {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(json),
  };
  response.writeHead(status, location === undefined ? headers : { ...headers, location }).end(json);
}

async function answerSingle(response: ServerResponse, body: string, publish: Publish): Promise<void> {
  const draft = JSON.parse(body) as PlainDraft;
  if (!isDraft(draft)) return answer(response, 422, '{}');
  const record = makePlainRecord(draft, new Date());
  await publish([record]);
  answer(response, 202, `{"id":"${record.id}","status":"accepted"}`, `/api/logs/${record.id}`);
}

async function answerBatch(
  response: ServerResponse,
  drafts: readonly PlainDraft[],
  publish: Publish,
): Promise<void> {
  if (!Array.isArray(drafts) || !drafts.every(isDraft)) return answer(response, 422, '{}');
  const records = makePlainRecords(drafts);
  await publish(records);
  answer(response, 202, JSON.stringify(receiptOf(records)));
}

async function answerBody(
  { url, headers }: IncomingMessage,
  response: ServerResponse,
  body: string,
  publish: Publish,
): Promise<void> {
  if (url === '/api/logs') return answerSingle(response, body, publish);
  const isLines = headers['content-type'] === 'application/x-ndjson';
  return answerBatch(response, isLines ? parseNdjson(body) : (JSON.parse(body) as PlainDraft[]), publish);
}

/** Serves the two paths that log activities, with as little work as node:http allows. Prints `ready at` and its URL once it listens. */
export function serveLean(publish: Publish): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      answerBody(request, response, body, publish).catch((error: unknown) =>
        answer(response, 503, JSON.stringify({ detail: String(error) })),
      );
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null)
      console.log(`ready at http://127.0.0.1:${address.port}`);
  });
}
