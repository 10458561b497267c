// Loaded before a process of the service (`node --import`): edits its sources as they are loaded, by the breakage that BREAKAGE names.
import { registerHooks } from 'node:module';
import { breakages } from './breakages.ts';

const edits = breakages[process.env['BREAKAGE'] ?? ''];
if (edits === undefined) throw new Error('BREAKAGE names no breakage.');

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const own = edits.filter(({ file }) => url.endsWith(file));
    if (own.length === 0) return loaded;
    const given = loaded.source ?? '';
    let source = typeof given === 'string' ? given : new TextDecoder().decode(given);
    for (const { file, find, put } of own) {
      // An edit that changes nothing would break nothing, and the run would pass.
      if (!source.includes(find)) throw new Error(`${file} holds no "${find}".`);
      source = source.replace(find, () => put);
    }
    return { ...loaded, source };
  },
});
