/** Commands of a page, and the answer that the page shows. */
export interface Example {
  /** The line on which the commands begin, counted from 1. */
  readonly line: number;
  readonly commands: string;
  /** Whether a comment says that the answer comes a moment later. Then the commands are repeated until it does. */
  readonly mayTakeAMoment: boolean;
  readonly answer: Answer | undefined;
}

/** `json` compares values, not layout. `http` is the output of `curl -i`, and may leave headers out. `text` is exact. */
export interface Answer {
  readonly kind: 'json' | 'http' | 'text';
  readonly text: string;
}

const fence = /^```(\w*)\n(.*?)^```$/gms;
const kinds: ReadonlySet<string> = new Set(['json', 'http', 'text']);
// Languages of programs and configuration, which other tests use, and of pictures.
const shown: ReadonlySet<string> = new Set(['ts', 'java', 'js', 'yaml', 'mermaid']);
const isKind = (language: string): language is Answer['kind'] => kinds.has(language);

/**
 * Returns every `bash` block of the page with the `json`, `http` or `text` block that follows it. Throws if a block would not be
 * tested: an answer without a command, an `sh` block that calls the service, or a block in another language. Other `sh` blocks
 * are for commands that a test cannot run, such as `npm start`.
 */
export function examplesOf(page: string): readonly Example[] {
  const examples: Example[] = [];
  for (const { 1: language = '', 2: text = '', index } of page.matchAll(fence)) {
    const line = page.slice(0, index).split('\n').length;
    if (language === 'bash') {
      const mayTakeAMoment = /^# .*a moment later/m.test(text);
      examples.push({ line, commands: text, mayTakeAMoment, answer: undefined });
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
