import { spawn } from 'node:child_process';
import { hasDisplay } from './config.ts';

/** Opens a page in the user's browser, if this process runs in a terminal with a display. Ignores failures, because the URL is printed too. */
export function openBrowser(url: string): void {
  if (!process.stdout.isTTY || !hasDisplay()) return;
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
