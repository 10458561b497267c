import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { makeServiceEnvironment } from './config.ts';
import { UsageError } from './usage-error.ts';

const main = fileURLToPath(new URL('../../standalone/src/main.ts', import.meta.url));
// In the background, a shell kills the service when the pipe on fd 3 closes, which happens when this process ends, even by SIGKILL. A line on
// the pipe tells the shell that the service has ended by itself.
const guard = '{ read -r _ <&3 || kill $$; } 2>/dev/null & exec 3<&-; exec "$@"';
const maxKeptCharacters = 8000;

/** The service of the demo. It runs in a process of its own, as `npm start` runs it. */
export class DemoService {
  readonly url: string;
  /** Resolves when the service has ended. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string, ended: Promise<void>) {
    this.#child = child;
    this.url = url;
    this.ended = ended;
  }

  /** Starts the service. Throws UsageError if it does not start; its own messages are then on the standard error. */
  static async start(folder: string, port: number): Promise<DemoService> {
    const child = spawn('sh', ['-c', guard, 'sh', process.execPath, main], {
      env: makeServiceEnvironment(folder, port),
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    });
    // Waits for `exit` instead of `close`, because the shell in the background keeps the output open until it gets its line.
    const ended = once(child, 'exit').then(() => undefined);
    const pipe = child.stdio[3];
    if (pipe instanceof Writable) {
      pipe.on('error', () => undefined);
      void ended.then(() => pipe.end('\n'));
    }
    const url = await Promise.race([waitForReadyUrl(child), ended]);
    if (url === undefined) throw new UsageError(`The service did not start. Is port ${port} free?`);
    return new DemoService(child, url, ended);
  }

  /** Stops the service, and waits for its end. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.ended;
  }
}

/** Resolves with the URL from the line that says that the service is ready. Copies warnings and errors to the standard error. */
function waitForReadyUrl({ stdout }: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = '';
  stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-maxKeptCharacters);
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const url = /ready at (http:\/\/[^"\s]+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
      else if (!line.includes('"level":30')) process.stderr.write(`${line}\n`);
    }
  });
  return promise;
}
