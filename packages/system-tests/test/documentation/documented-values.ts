const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const secret = 'ua_[0-9a-f]{16}_[A-Za-z0-9_-]{43}';
const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z';
// Values on a page that differ from run to run. A time of a whole second does not differ: a command sent it.
const inPage = new RegExp(
  `(?<secret>${secret})|(?<key>\\b[0-9a-f]{16}\\b)|(?<uuid>${uuid})|(?<time>(?!\\S{19}\\.000Z)${time})|(?<letter>user-activity:\\d+:\\d+)|(?<cut>[\\w-]+…)|…`,
  'g',
);
const shapes: Readonly<Record<string, string>> = {
  secret,
  key: '[0-9a-f]{16}',
  uuid,
  time,
  letter: '[\\w.-]+:\\d+:\\d+',
};

/**
 * The values on a page that differ from run to run: ids, times, ids of dead letters, ids and secrets of keys, and texts cut with `…`, such as cursors.
 * Equal values on the page mean equal values in a run, also in commands. A `…` alone stands for any text.
 */
export class DocumentedValues {
  /** The values of this run by those on the page. */
  #known: ReadonlyMap<string, string> = new Map();

  /** Returns a text with the values of this run. A value in a command that was in no answer before stays as it is. */
  spelled(text: string): string {
    const known = new Map(this.#known);
    const spelled = text.replaceAll(inPage, (shown) => {
      if (!known.has(shown)) known.set(shown, shown);
      return known.get(shown) ?? shown;
    });
    this.#known = known;
    return spelled;
  }

  /** Remembers the values that `compare` found. If it found a fault, returns the fault and remembers nothing. */
  learn(compare: (found: Map<string, string>) => string | undefined): string | undefined {
    const found = new Map(this.#known);
    const fault = compare(found);
    if (fault === undefined) this.#known = found;
    return fault;
  }
}

/** Returns whether the text is as shown. Adds the values of this run to `found`. */
export function isAsShown(shown: string, text: string, found: Map<string, string>): boolean {
  const names: string[] = [];
  let pattern = '';
  let end = 0;
  for (const match of shown.matchAll(inPage)) {
    const [name] = match;
    const [kind] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    pattern += escaped(shown.slice(end, match.index));
    end = match.index + name.length;
    if (kind !== undefined) names.push(name);
    if (kind === undefined) pattern += '.*';
    else pattern += kind === 'cut' ? `(${escaped(name.slice(0, -1))}[\\w-]+)` : `(${shapes[kind]})`;
  }
  const match = new RegExp(`^${pattern}${escaped(shown.slice(end))}$`, 's').exec(text);
  if (match === null) return false;
  return names.every((name, index) => {
    const value = match[index + 1] ?? '';
    if (!found.has(name)) found.set(name, value);
    return found.get(name) === value;
  });
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
