// Starts every root script: installs what is missing, builds the dashboard if the script begins with `--dashboard`, then runs the command
// (`node FILE`, or a tool of packages/workspace) on a Node that is new enough. Without a command, it only installs. Plain JavaScript,
// because it must run on any Node >= 20.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildDashboard } from './dashboard.mjs';
import { install } from './install.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const tools = join(root, 'packages', 'workspace', 'node_modules', '.bin');
/** The oldest version of Node that runs the sources. apps/user-activity-log/bin says why. */
const oldestNode = '24.11';
/** The program `node` that is installed with the dependencies. */
const bundledNode = join(tools, 'node');

let runningChild;
let stopSignal;

/** Starts a process in the same process group. `ended` resolves with its exit code, as a shell reports it. */
function start(file, args, options) {
  const child = spawn(file, args, options);
  runningChild = child;
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : code));
  });
  return { child, ended: ended.finally(() => (runningChild = undefined)) };
}

const stopCode = () => 128 + constants.signals[stopSignal];

function stop(signal) {
  stopSignal = signal;
  if (runningChild) runningChild.kill(signal);
  else process.exit(128 + constants.signals[signal]);
}

for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
process.on('SIGINT', () => {
  // A terminal sends Ctrl-C to the whole group, so the child has it already. A second SIGINT could make the child stop at once.
  const hasTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  if (!hasTerminal || !runningChild) stop('SIGINT');
});
// npm sends a signal only to its shell, which ends without forwarding it. So watch for the end of the parent.
const parentPid = process.ppid;
const parentTimer = setInterval(() => {
  if (process.ppid === parentPid) return;
  clearInterval(parentTimer);
  stop('SIGTERM');
}, 250);
parentTimer.unref();

process.exitCode = await main();

async function main() {
  const installed = await install(root, start);
  if (stopSignal) return stopCode();
  if (!installed) return 1;

  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestNode.split('.').map(Number);
  const isNewEnough = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  const node = isNewEnough && process.env.USER_ACTIVITY_NODE !== 'bundled' ? process.execPath : bundledNode;
  if (!existsSync(node)) {
    console.error(
      `This project needs Node.js ${oldestNode} or later, and cannot install it for ${process.platform} on ${process.arch}. Install it yourself.`,
    );
    return 1;
  }
  const needsDashboard = process.argv[2] === '--dashboard';
  const [command, ...args] = process.argv.slice(needsDashboard ? 3 : 2);
  if (needsDashboard && !(await buildDashboard(root, node, start))) return stopSignal ? stopCode() : 1;
  if (stopSignal) return stopCode();
  if (command === undefined) return 0;
  // Run the sources of the workspace's packages.
  const options = ['--conditions=@user-activity/source'];
  const { ended } = start(command === 'node' ? node : join(tools, command), args, {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      // Later processes and threads read compiled sources from this cache, which halves the time of their start.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, '.cache', 'compiled'),
      NODE_OPTIONS: [process.env.NODE_OPTIONS, ...options].filter(Boolean).join(' '),
      PATH: dirname(node) + delimiter + process.env.PATH,
    },
  });
  return ended.catch((error) => {
    console.error(`${command} could not be started: ${error.message}`);
    return 127;
  });
}
