import { cpSync, globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { root } from '../layout.ts';

/** The sources of adapter-sqlite, which starts each of its threads from a file. */
const sqliteSources = 'packages/adapter-sqlite/src';
/** The folder in the bundle for the files of Swagger UI, which shows the API as a page. */
const swaggerUi = 'swagger-ui';

/**
 * Bundles the program `user-activity-log`, with all packages that it needs, into `folder/dist`. Returns the paths of all modules.
 *
 * The program finds its files relative to `import.meta.url`, as in a build without a bundle: `../package.json` from a file in `dist`, and the
 * threads of adapter-sqlite as `../writer/writer-thread.js` from a file in `dist/ports`.
 */
export async function bundle(folder: string): Promise<readonly string[]> {
  const dist = join(folder, 'dist');
  const threads = globSync(`${sqliteSources}/{reader,writer}/*-thread.ts`, { cwd: root });
  const build = await rolldown({
    cwd: root,
    platform: 'node',
    input: {
      main: join(root, 'apps/user-activity-log/src/main.ts'),
      ...Object.fromEntries(
        threads.map((path) => [path.slice(sqliteSources.length + 1, -'.ts'.length), join(root, path)]),
      ),
    },
    // Find the files that Node would load. The conditions `import` and `require` depend on the importing module.
    resolve: { conditionNames: ['@user-activity/source', 'node'] },
    // CommonJS modules have this variable, ECMAScript modules do not.
    transform: { define: { __dirname: 'import.meta.dirname' } },
    plugins: [swaggerUiFiles],
  });
  const { output } = await build.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    // The main module of each app is called `main`, so its chunk is named after the app.
    chunkFileNames: ({ facadeModuleId }) =>
      facadeModuleId?.endsWith('/src/main.ts') === true
        ? `${basename(dirname(dirname(facadeModuleId)))}.js`
        : '[name].js',
    codeSplitting: {
      groups: [{ name: 'ports/thread-client', test: `${sqliteSources}/ports/thread-client.ts` }],
    },
  });
  await build.close();
  const fromHttp = createRequire(join(root, 'packages/adapter-http/package.json'));
  const files = join(dirname(fromHttp.resolve('@fastify/swagger-ui')), 'static');
  cpSync(files, join(dist, swaggerUi, 'static'), { recursive: true });
  return output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
}

/** Makes @fastify/swagger-ui read the copies of its files in the bundle, instead of the files in its own folder. */
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
