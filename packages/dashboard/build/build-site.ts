// Builds the dashboard: `node build-site.ts FOLDER` writes its page and assets to FOLDER, each with a Brotli and a gzip copy.
import { resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, type Plugin } from 'vite';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Usage: node build-site.ts FOLDER');

const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };

/** Adds a Brotli and a gzip copy of each file, so that the service need not compress them. */
const compressed: Plugin = {
  name: 'compressed',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      for (const [fileName, file] of Object.entries(bundle)) {
        const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source);
        this.emitFile({
          type: 'asset',
          fileName: `${fileName}.br`,
          source: brotliCompressSync(bytes, brotliOptions),
        });
        this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: gzipSync(bytes, { level: 9 }) });
      }
    },
  },
};

await build({
  configFile: false,
  root: resolve(import.meta.dirname, '..'),
  // A proxy may serve the dashboard below a path.
  base: './',
  logLevel: 'warn',
  resolve: { conditions: ['@user-activity/source', 'module', 'browser', 'production'] },
  plugins: [compressed],
  build: {
    outDir: resolve(folder),
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy of the page forbids `data:` URLs, so assets must not be inlined.
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    // The licenses of the bundled packages require that their texts are distributed with the code.
    license: { fileName: 'licenses.md' },
  },
});
