import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { cachedFolder, run } from '../downloads/cache.ts';

// An npm package that contains the compressed executable. It is available where only package registries are reachable.
const npmPackage = {
  name: '@sparticuz/chromium',
  version: '147.0.0',
  file: 'sparticuz-chromium-147.0.0.tgz',
  sha256: '18fe5404ce845594cd7d592fc07f37a19514079ba4d9c27192ad8b908743f16b',
};

/** The Chromium executable, and the environment variables that it needs. */
export interface ChromiumProgram {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Returns the Chromium on the PATH or in the cache, or downloads it. If that fails, throws an error that says what to install. */
export function chromiumProgram(): ChromiumProgram {
  const findCommand = 'command -v chromium || command -v chromium-browser || command -v google-chrome';
  const installedPath = spawnSync('sh', ['-c', findCommand], { encoding: 'utf8' }).stdout.trim();
  const env = { PATH: process.env['PATH'] ?? '' };
  if (installedPath !== '') return { executablePath: installedPath, env };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('There is no chromium on the PATH: install Chromium.');
  const folder = cachedFolder(`chromium-${npmPackage.version}`, unpackPackage);
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      ...env,
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      // Chromium exits if it finds no font.
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  };
}

function unpackPackage(draft: string): void {
  const { name, version, file, sha256 } = npmPackage;
  run('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', draft], draft);
  const digest = createHash('sha256')
    .update(readFileSync(join(draft, file)))
    .digest('hex');
  if (digest !== sha256) throw new Error(`The package of Chromium has the SHA-256 ${digest}, not ${sha256}.`);
  run('tar', ['-xzf', file], draft);
  const unpack = (part: string): void => {
    const compressed = readFileSync(join(draft, 'package', 'bin', `${part}.br`));
    writeFileSync(join(draft, part), brotliDecompressSync(compressed));
  };
  for (const part of ['chromium', 'al2023.tar', 'fonts.tar']) unpack(part);
  run(
    'sh',
    ['-c', 'chmod 755 chromium && mkdir al2023 && tar -xf al2023.tar -C al2023 && tar -xf fonts.tar'],
    draft,
  );
  writeFileSync(
    join(draft, 'fonts.conf'),
    '<?xml version="1.0"?><fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>',
  );
  run('sh', ['-c', 'rm -r package *.tgz *.tar'], draft);
}
