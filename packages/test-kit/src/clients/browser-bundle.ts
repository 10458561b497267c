/** Bundles and minifies a module of this workspace for browsers, with all its imports. Returns a script that sets a global variable. */
export async function browserBundle(entry: string, globalName: string): Promise<string> {
  // Imported here, because the native code of rolldown takes long to load, and most tests do not need it.
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: entry,
    platform: 'browser',
    resolve: { conditionNames: ['@user-activity/source', 'browser', 'import', 'default'] },
  });
  const { output } = await bundle.generate({
    format: 'iife',
    name: globalName,
    minify: true,
    generatedCode: { symbols: false },
  });
  const [script, ...more] = output;
  if (more.length > 0) throw new Error('The bundle has more than one file.');
  return script.code;
}
