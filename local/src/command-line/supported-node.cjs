// Says in one sentence that this Node.js is too old. Before all else, and in words that every Node.js can read: an older one
// stops at the first thing that it does not know, with a stack that does not say so.
'use strict';

const needed = require('../../../package.json').engines.node.replace('>=', '');
const [major = 0, minor = 0] = needed.split('.').map(Number);
const [ownMajor = 0, ownMinor = 0] = process.versions.node.split('.').map(Number);

if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  process.stderr.write(`Node.js ${process.versions.node} is too old: this needs ${needed} or newer.\n`);
  process.exit(1);
}
