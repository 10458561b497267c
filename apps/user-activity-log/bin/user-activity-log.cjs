#!/usr/bin/env node
// CommonJS without imports at its top, so that old versions of Node parse it and print this message.
const [major, minor] = process.versions.node.split('.').map(Number);

// The SQLite in Node 24.6 and older rejects some of our SQL statements. 24.11 is the first version with long-term support.
if (major < 24 || (major === 24 && minor < 11)) {
  process.stderr.write(
    `user-activity-log needs Node.js 24.11 or newer, and this is ${process.versions.node}: install a newer one.\n`,
  );
  process.exitCode = 1;
} else {
  void import('../dist/main.js');
}
