const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z';
// In a page: what differs from run to run. A whole second is no accident: it is what was sent.
const inPage = new RegExp(
  `(?<uuid>${uuid})|(?<time>(?!\\S{19}\\.000Z)${time})|(?<letter>user-activity:\\d+:\\d+)|(?<cut>[\\w-]+…)|…`,
  'g',
);
const shapes: Readonly<Record<string, string>> = {
  uuid,
  time,
  letter: '[\\w.-]+:\\d+:\\d+',
};

/**
 * What stands in a page for what differs from run to run: ids, times, ids of dead letters, and texts that are cut with `…`, such as
 * cursors. What stands there once means the same wherever it stands again, also in commands. A `…` alone is anything.
 */
export class DocumentedValues {
  /** What it is in this run, by how it stands in the page. */
  #known: ReadonlyMap<string, string> = new Map();

  /** The text as it is in this run. What is in commands before it was in an answer is meant as it is. */
  spelled(text: string): string {
    const known = new Map(this.#known);
    const spelled = text.replaceAll(inPage, (shown) => {
      if (!known.has(shown)) known.set(shown, shown);
      return known.get(shown) ?? shown;
    });
    this.#known = known;
    return spelled;
  }

  /** Makes what `compare` found out known, unless it found a fault, which is the answer. */
  learn(compare: (found: Map<string, string>) => string | undefined): string | undefined {
    const found = new Map(this.#known);
    const fault = compare(found);
    if (fault === undefined) this.#known = found;
    return fault;
  }
}

/** Whether the text is as shown; notes in `found` what stands for what. */
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
