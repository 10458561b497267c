// `node --import` loads this module into a process of the service. It applies the edits of a breakage to the source files that the process
// loads later. The environment variable BREAKAGE names the breakage.
import { registerHooks } from 'node:module';
import { breakages } from './breakages.ts';

const edits = breakages[process.env['BREAKAGE'] ?? ''];
if (edits === undefined) throw new Error(`BREAKAGE must be one of ${Object.keys(breakages).join(', ')}.`);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const editsOfSource = edits.filter(({ file }) => url.endsWith(file));
    if (editsOfSource.length === 0) return loaded;
    const original = loaded.source ?? '';
    let source = typeof original === 'string' ? original : new TextDecoder().decode(original);
    for (const { file, find, put } of editsOfSource) {
      // If the edit were skipped, the service would keep its promises, and the run would prove nothing.
      if (!source.includes(find)) throw new Error(`${file} does not contain "${find}".`);
      source = source.replace(find, () => put);
    }
    return { ...loaded, source };
  },
});
