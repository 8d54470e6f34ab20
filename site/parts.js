// A plugin of TypeDoc: sorts what the module exports by the parts that CONTRIBUTING.md names, which are folders, so that no
// export needs a tag; and names pages by their headings.

import { Comment, CommentTag, Converter, DeclarationReflection, ReflectionKind } from 'typedoc'
import ts from 'typescript'

/** @import { Application, ProjectReflection, SomeReflection } from 'typedoc' */

// The first that the path of a source contains counts.
const PARTS = [
  ['src/errors/', 'Errors'],
  ['src/shortcuts.ts', 'The functions of the Python library'],
  ['src/shortcuts/exec/', 'Commands and consoles'],
  ['src/shortcuts/files/', 'Files'],
  ['src/shortcuts/sftp/', 'Files'],
  ['src/shortcuts/connect/', 'Connections into instances'],
  ['src/shortcuts/watch/', 'Live views'],
  ['src/shortcuts/usage/', 'Live views'],
  ['src/testing', 'Testing'],
  ['src/shortcuts/backups/', 'Images and backups'],
  ['src/shortcuts/image', 'Images and backups'],
  ['src/shortcuts/transfer/', 'Images and backups'],
  ['src/shortcuts/events/', 'Waiting and events'],
  ['src/shortcuts/instances/wait-for', 'Waiting and events'],
  ['src/shortcuts/trust/', 'Remote servers'],
  ['src/shortcuts/server/', 'Remote servers'],
  ['src/shortcuts/', 'Desired state'],
  ['src/operations/', 'Waiting and events'],
  ['src/websocket/', 'Websockets and connections'],
  ['src/client/', 'Websockets and connections'],
  ['src/connection/', 'Errors'],
  ['src/remotes/', 'Remote servers'],
  ['src/oidc/', 'Remote servers'],
  ['src/guest', 'The guest API'],
  ['src/', 'Paths, calls, results'],
]
const SERVERS =
  '[LXD](https://documentation.ubuntu.com/lxd/latest/api/) and [Incus](https://linuxcontainers.org/incus/docs/main/rest-api-spec/)'
// Members that the platform names, and that need no words of their own in the sources.
const STANDARD = {
  '[asyncDispose]': 'Closes it at the end of the block: `await using`.',
  '[asyncIterator]': 'Makes it a source of `for await`.',
  '[custom]': 'Returns what `console.log()` prints, with secrets masked.',
  '[hasInstance]': 'Says what `instanceof` is true of.',
  toJSON: 'Returns what `JSON.stringify()` writes, with secrets masked.',
  toString: 'Returns it as text.',
  next: 'Resolves with the next one, as iterators do.',
  addEventListener: 'Adds a listener, like that of an `EventTarget`.',
  removeEventListener: 'Removes a listener, like that of an `EventTarget`.',
  _read: 'Is called by Node.',
  _write: 'Is called by Node.',
  _final: 'Is called by Node.',
  _destroy: 'Is called by Node.',
}
const MODULE_NAMES = { index: 'lxdapi', rest: 'lxdapi/rest', testing: 'lxdapi/testing' }

/** @param {Application} app */
export function load(app) {
  const thrown = new Map()
  app.converter.on(Converter.EVENT_CREATE_SIGNATURE, (_, reflection, declaration) => {
    if (declaration) thrown.set(reflection, thrownTypes(declaration))
  })
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getChildrenByKind(ReflectionKind.Module)) nameModule(module)
    for (const signature of project.getReflectionsByKind(ReflectionKind.CallSignature))
      describeStandard(signature)
    for (const [signature, types] of thrown) {
      // An overload without a comment of its own has that of the first.
      nameThrown(signature, types.length > 0 ? types : (thrown.get(signature.parent.signatures?.[0]) ?? []))
    }
    for (const document of project.documents ?? []) document.name = headingOf(document) ?? document.name
  })
}

/** @param {DeclarationReflection} module */
function nameModule(module) {
  const isMain = module.name === 'index'
  module.name = MODULE_NAMES[module.name]
  for (const child of module.children ?? []) (isMain ? addToPart : describeModel)(child)
}

/** Many models have no words in the servers' own definitions. @param {DeclarationReflection} child */
function describeModel(child) {
  if (child.hasComment() || child.signatures?.some(signature => signature.hasComment())) return
  child.comment = new Comment([
    {
      kind: 'text',
      text: `A model of the REST API of ${SERVERS}, whose definitions describe its fields only.`,
    },
  ])
}

/** @param {DeclarationReflection} child */
function addToPart(child) {
  const file = child.project.getSymbolIdFromReflection(child)?.fileName ?? ''
  const part = PARTS.find(([path]) => file.includes(path))?.[1]
  if (part === undefined) return
  const commented = child.signatures?.[0] ?? child
  commented.comment ??= new Comment()
  commented.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: part }]))
}

/** @param {SomeReflection} signature */
function describeStandard(signature) {
  const text = STANDARD[signature.name]
  if (text !== undefined && !signature.hasComment()) signature.comment = new Comment([{ kind: 'text', text }])
}

/** TypeDoc drops the types of `@throws {Type}`. @param {ts.Node} declaration */
function thrownTypes(declaration) {
  const tags = ts.getJSDocTags(declaration).filter(ts.isJSDocThrowsTag)
  return tags.map(({ typeExpression }) => typeExpression?.type.getText())
}

/** @param {SomeReflection} signature @param {(string | undefined)[]} types */
function nameThrown(signature, types) {
  const tags = signature.comment?.getTags('@throws') ?? []
  if (tags.length !== types.length) return
  for (const [i, { content }] of tags.entries()) {
    if (types[i] !== undefined) content.unshift(...typeAndColon(signature.project, types[i]))
  }
}

/** @param {ProjectReflection} project @param {string} name */
function typeAndColon(project, name) {
  const target = project.getChildByName(`lxdapi.${name}`) ?? project.getChildByName(['lxdapi', name])
  const type = target
    ? { kind: 'inline-tag', tag: '@link', text: name, target }
    : { kind: 'code', text: `\`${name}\`` }
  return [type, { kind: 'text', text: ': ' }]
}

/** @param {{ content: { kind: string, text: string }[] }} document */
function headingOf({ content }) {
  return /^# (.+)$/m.exec(content[0]?.text ?? '')?.[1]
}
