import { spawn } from 'node:child_process';
import { hasDisplay } from './config.ts';

/** Opens a page in the browser of the user, if somebody is there to see it. Does nothing if that fails: the URL is printed, too. */
export function openBrowser(url: string): void {
  if (!process.stdout.isTTY || !hasDisplay()) return;
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
