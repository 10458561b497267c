// A module for `node --import`, loaded before a process of the service. When that process loads its sources, this module applies the
// edits of the breakage that BREAKAGE names.
import { registerHooks } from 'node:module';
import { breakages } from './breakages.ts';

const edits = breakages[process.env['BREAKAGE'] ?? ''];
if (edits === undefined) throw new Error('BREAKAGE must name a breakage.');

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const own = edits.filter(({ file }) => url.endsWith(file));
    if (own.length === 0) return loaded;
    const original = loaded.source ?? '';
    let source = typeof original === 'string' ? original : new TextDecoder().decode(original);
    for (const { file, find, put } of own) {
      // An edit that changes nothing would break nothing, and the run would pass.
      if (!source.includes(find)) throw new Error(`${file} does not contain "${find}".`);
      source = source.replace(find, () => put);
    }
    return { ...loaded, source };
  },
});
