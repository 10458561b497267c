import { cpSync, globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { root } from '../layout.ts';

/** The folder of the sources of adapter-sqlite: its threads are files, which it starts by their paths. */
const sqlite = 'packages/adapter-sqlite/src';
/** The folder of the page for people in the bundle, with the files that it serves. */
const swaggerUi = 'swagger-ui';

/**
 * Bundles the program `user-activity-log`, with all packages that it needs, into `folder/dist`. Returns the paths of all modules.
 *
 * Files are found from `import.meta.url`, as in a build without a bundle: `../package.json` from a file in `dist`, and the threads of
 * adapter-sqlite as `../writer/writer-thread.js` from a file in `dist/ports`.
 */
export async function bundle(folder: string): Promise<readonly string[]> {
  const dist = join(folder, 'dist');
  const threads = globSync(`${sqlite}/{reader,writer}/*-thread.ts`, { cwd: root });
  const build = await rolldown({
    cwd: root,
    platform: 'node',
    input: {
      main: join(root, 'apps/user-activity-log/src/main.ts'),
      ...Object.fromEntries(
        threads.map((path) => [path.slice(sqlite.length + 1, -'.ts'.length), join(root, path)]),
      ),
    },
    // With `import` or `require`, as the module does it: the files that Node would load.
    resolve: { conditionNames: ['@user-activity/source', 'node'] },
    // CommonJS modules have this variable, ECMAScript modules do not.
    transform: { define: { __dirname: 'import.meta.dirname' } },
    plugins: [swaggerUiFiles],
  });
  const { output } = await build.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    // The main module of each app is called `main`.
    chunkFileNames: ({ facadeModuleId }) =>
      facadeModuleId?.endsWith('/src/main.ts') === true
        ? `${basename(dirname(dirname(facadeModuleId)))}.js`
        : '[name].js',
    codeSplitting: { groups: [{ name: 'ports/thread-client', test: `${sqlite}/ports/thread-client.ts` }] },
  });
  await build.close();
  const fromHttp = createRequire(join(root, 'packages/adapter-http/package.json'));
  const files = join(dirname(fromHttp.resolve('@fastify/swagger-ui')), 'static');
  cpSync(files, join(dist, swaggerUi, 'static'), { recursive: true });
  return output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
}

/** Makes @fastify/swagger-ui, which reads files of its folder, read the copies of these files in the bundle. */
const swaggerUiFiles: Plugin = {
  name: 'swagger-ui-files',
  transform: {
    filter: { id: /\/@fastify\/swagger-ui\/(?:lib\/)?\w+\.js$/, code: '__dirname' },
    handler: (code, id) => {
      const [, subfolder = ''] = /\/swagger-ui(\/lib)?\/\w+\.js$/.exec(id) ?? [];
      return code.replaceAll('__dirname', `__dirname + '/${swaggerUi}${subfolder}'`);
    },
  },
};
