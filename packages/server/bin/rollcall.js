#!/usr/bin/env node
// Plain JavaScript, so that an old Node says what is wrong instead of failing on the TypeScript behind it.
const OLDEST_NODE = 24;

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  process.stderr.write(
    `Rollcall needs Node ${OLDEST_NODE} or newer and this is ${process.version}. ` +
      'Start it with `npm start`, which brings its own, or install a newer Node.\n',
  );
  process.exit(1);
}

const { runCommandLine } = await import('../src/cli.ts');
await runCommandLine(process.argv);
