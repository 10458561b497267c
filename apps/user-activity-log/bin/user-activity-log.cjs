#!/usr/bin/env node
// A script without imports at its top, so that an old Node can read it and says the sentence below.
const oldestNode = 24;

if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  process.stderr.write(
    `user-activity-log needs Node.js ${oldestNode} or newer, and this is ${process.versions.node}: install a newer one.\n`,
  );
  process.exitCode = 1;
} else {
  void import('../dist/main.js');
}
