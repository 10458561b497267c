/** Commands of a page, and what it shows as their answer. */
export interface Example {
  /** Where it begins in the page, counted from 1. */
  readonly line: number;
  readonly commands: string;
  /** Whether it may take a moment: it says so in a comment, and is tried until the answer is as shown. */
  readonly patient: boolean;
  readonly answer: Answer | undefined;
}

/** `json`: a value, whatever its layout. `http`: as `curl -i` writes it, headers that are not shown aside. `text`: as it is. */
export interface Answer {
  readonly kind: 'json' | 'http' | 'text';
  readonly text: string;
}

const fence = /^```(\w*)\n(.*?)^```$/gms;
const kinds: ReadonlySet<string> = new Set(['json', 'http', 'text']);
// Programs, as tests of the SDKs have them, and pictures.
const shown: ReadonlySet<string> = new Set(['ts', 'java', 'mermaid']);
const isKind = (language: string): language is Answer['kind'] => kinds.has(language);

/**
 * Every block of `bash` in the page, with the block of `json`, `http` or `text` that follows it. Throws for what nothing
 * would show to be true: an answer that follows no command, a block of `sh` that calls the service, and a block in another
 * language. Other blocks of `sh` are for commands that a test cannot run, such as `npm start`.
 */
export function examplesOf(page: string): readonly Example[] {
  const examples: Example[] = [];
  for (const { 1: language = '', 2: text = '', index } of page.matchAll(fence)) {
    const line = page.slice(0, index).split('\n').length;
    if (language === 'bash') {
      const patient = /^# .*a moment later/m.test(text);
      examples.push({ line, commands: text, patient, answer: undefined });
    } else if (isKind(language)) {
      const last = examples.pop();
      if (last === undefined || last.answer !== undefined)
        throw new Error(`Line ${line}: an answer without commands.`);
      examples.push({ ...last, answer: { kind: language, text } });
    } else if (language === 'sh') {
      if (/^[^#\n]*\bcurl\b/m.test(text))
        throw new Error(`Line ${line}: a block of "sh" with curl; make it "bash", which is run.`);
    } else if (!shown.has(language))
      throw new Error(`Line ${line}: a block of "${language}", which nobody runs.`);
  }
  return examples;
}
