const { rm } = require('node:fs/promises');
const { dest, parallel, src } = require('gulp');

/** Icons stay beside the compiled file that names them. */
function buildIcons() {
  return src(['nodes/**/*.{png,svg}', 'credentials/**/*.{png,svg}'], { base: '.', encoding: false }).pipe(dest('dist'));
}

/** Codex files: n8n reads them beside the compiled node. */
function buildCodex() {
  return src('nodes/**/*.node.json', { base: '.' }).pipe(dest('dist'));
}

/** A file that was renamed or removed must not be published from an earlier build. */
async function clean() {
  await rm('dist', { recursive: true, force: true });
}

exports.clean = clean;
exports['build:icons'] = parallel(buildIcons, buildCodex);
exports.default =
  /** A file that was renamed or removed must not be published from an earlier build. */
  async function clean() {
    await rm('dist', { recursive: true, force: true });
  };

exports.clean = clean;
exports['build:icons'];
