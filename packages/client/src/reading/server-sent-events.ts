/** A server-sent event. `id` is the position in the stream. An event with empty `data` only moves the position. */
export interface ServerSentEvent {
  readonly id: string;
  readonly data: string;
}

/** Parses a stream of server-sent events (HTML standard, section 9.2.6). Drops an event that is incomplete when the stream ends. */
export async function* serverSentEvents(
  chunks: AsyncIterable<string>,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  let id = '';
  let data: string[] = [];
  for await (const line of splitLines(chunks)) {
    if (line === '') {
      yield { id, data: data.join('\n') };
      data = [];
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'id') id = value;
    else if (field === 'data') data.push(value);
  }
}

/** Splits text into lines, which end with CR, LF or CR LF. Drops a last line without a line break. */
async function* splitLines(chunks: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const chunk of chunks) {
    rest += chunk;
    // A CR at the end may be half of a CR LF.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
