import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { transform } from 'esbuild'
import { dts } from 'rollup-plugin-dts'

// The last step of `npm run build`: bundles what tsc wrote to build/ into dist/, as an ES module and in CommonJS, with
// the types of each. An entry of `exports` in package.json is a file of src/: `./rest` is src/rest.ts.

const { exports, imports, dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const entries = Object.keys(exports)
  .filter(name => name !== './package.json')
  .map(name => (name === '.' ? 'index' : name.slice('./'.length)))
// Maps lead to src/, which is in the package, and repeat nothing of it.
const sourceMap = { sourcemap: true, sourcemapExcludeSources: true }
const plain = { target: 'es2022', sourcemap: true, sourcesContent: false }
const external = [/^node:/, ...Object.keys({ ...imports, ...dependencies, ...peerDependencies })]

export default [
  {
    input: inputs('.js'),
    output: [
      { ...output('.js'), ...chunks('.js'), ...sourceMap },
      // Jest can't run `import()`.
      { ...output('.cjs'), ...chunks('.cjs'), format: 'cjs', dynamicImportInCjs: false },
    ],
    // A module that is imported for nothing, such as one of Node, is left out.
    treeshake: { moduleSideEffects: 'no-external' },
    plugins: [readTscMaps(), nameCommonJsFile(), dropComments(), writePlain(), getBuiltinModules()],
    external,
    onwarn,
  },
  {
    input: inputs('.d.ts'),
    output: [
      { ...output('.d.ts'), ...sourceMap },
      { ...output('.d.cts'), ...sourceMap },
    ],
    plugins: [dts({ sourcemap: true })],
    external,
    onwarn,
  },
]

function inputs(extension) {
  return Object.fromEntries(entries.map(entry => [entry, `build/${entry}${extension}`]))
}

function output(extension) {
  return {
    dir: 'dist',
    entryFileNames: `[name]${extension}`,
    chunkFileNames: `shared${extension}`,
    minifyInternalExports: false,
    hoistTransitiveImports: false,
  }
}

function chunks(extension) {
  return { manualChunks, chunkFileNames: `[name]${extension}` }
}

// What the entries have in common is one file, and what `import()` loads is one for each folder of src/. The few helpers
// that only the latter need are not worth files of their own.
function manualChunks(id, { getModuleInfo }) {
  const folder = basename(dirname(id))
  if (getModuleInfo(id).isEntry || folder === 'testing') return undefined
  const isHelper = folder === 'common' || folder === 'errors'
  return isHelper || isLoadedAtOnce(id, getModuleInfo) ? 'shared' : folder
}

function isLoadedAtOnce(id, getModuleInfo) {
  const { isEntry, importers } = getModuleInfo(id)
  return isEntry || importers.some(importer => isLoadedAtOnce(importer, getModuleInfo))
}

// Bundles are mapped to what tsc compiled.
function readTscMaps() {
  const load = file => {
    const map = `${file}.map`
    return existsSync(map) ? { code: readFileSync(file, 'utf8'), map: readFileSync(map, 'utf8') } : null
  }
  return { name: 'read-tsc-maps', load }
}

// Rollup's own replacement of import.meta.url is made for browsers too.
function nameCommonJsFile() {
  const resolveImportMeta = (property, { format }) =>
    format === 'cjs' && property === 'url' ? `require('node:url').pathToFileURL(__filename).href` : null
  return { name: 'name-commonjs-file', resolveImportMeta }
}

// V8 takes longer for comments, which are in src/ and which esbuild keeps in classes unless it leaves out all spaces...
function dropComments() {
  const renderChunk = code => transform(code, { ...plain, minifyWhitespace: true })
  return { name: 'drop-comments', renderChunk }
}

// ... and for what is not ASCII, which esbuild escapes.
function writePlain() {
  return { name: 'write-plain', renderChunk: code => transform(code, plain) }
}

// For an import of one of its own modules Node reads all that this has, and so loads more: Web Crypto, Blob, fs/promises.
function getBuiltinModules() {
  const replace = (_line, names, module) =>
    `const ${names.replaceAll(' as ', ': ')} = process.getBuiltinModule("${module}");`
  const renderChunk = (code, _chunk, { format }) => {
    if (format !== 'es') return null
    return { code: code.replace(/^import (\{.+\}|[\w$]+) from "(node:.+)";$/gm, replace), map: null }
  }
  return { name: 'get-builtin-modules', renderChunk }
}

function onwarn({ code, message }) {
  // src/rest.ts has types only.
  if (code === 'EMPTY_BUNDLE') return
  // tsc's helpers for `using` look for a `this` in case they are no module.
  if (code === 'THIS_IS_UNDEFINED') return
  // Types that no user needs by name, such as what FactoryOptions extends, stay private.
  if (message.includes('private shared type exports')) return
  throw new Error(message)
}
