import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

function output(program: string, args: readonly string[] = []): string {
  return spawnSync(program, args, { encoding: 'utf8' }).stdout ?? '' // `null` if the program does not exist.
}

// The comment of a rule, whether of the network itself, its forwards or the like.
const MARK = /"generated for (?:LXD|Incus) network[-a-z]* ([^"]+)"/

// The servers comment their rules with the network's name, and keep them when they shut down.
function removeRules(iptables: string, name: string): void {
  const tables = output(`${iptables}-save`).split(/^(?=\*)/m)
  for (const table of tables) {
    const [title = '', ...lines] = table.split('\n')
    const ours = lines.filter(line => line.startsWith('-A ') && MARK.exec(line)?.[1] === name)
    const removals = ours.map(line => line.replace('-A', '-D'))
    const input = [title, ...removals, 'COMMIT', ''].join('\n')
    if (ours.length > 0)
      spawnSync(`${iptables}-restore`, ['--noflush'], { input, stdio: ['pipe', 'ignore', 'ignore'] })
  }
}

function removeChains(name: string): void {
  const list = output('nft', ['list', 'chains', 'inet'])
  for (const table of list.split(/^(?=table )/m)) {
    const server = table.match(/^table inet (lxd|incus) /)?.[1]
    const chains = [...table.matchAll(/chain (\S+)/g)].map(match => match[1] ?? '')
    for (const chain of server ? chains.filter(chain => chain.endsWith(`.${name}`)) : []) {
      spawnSync('nft', ['delete', 'chain', 'inet', server ?? '', chain], { stdio: 'ignore' })
    }
  }
}

// A network that was deleted while its daemon ran leaves its rules too, but is in no folder.
function namesWithoutBridge(): string[] {
  const saved = output('iptables-save') + output('ip6tables-save')
  const names = [...saved.matchAll(new RegExp(MARK, 'g'))].map(match => match[1] ?? '')
  return [...new Set(names)].filter(name => !existsSync(`/sys/class/net/${name}`))
}

/** Removes the bridges and firewall rules of a stopped daemon. */
export function removeNetworks(dir: string): void {
  const networks = join(dir, 'networks')
  for (const name of existsSync(networks) ? readdirSync(networks) : []) {
    const isBridge = existsSync(`/sys/class/net/${name}/bridge`)
    if (isBridge) spawnSync('ip', ['link', 'delete', name], { stdio: 'ignore' })
    for (const iptables of ['iptables', 'ip6tables']) removeRules(iptables, name)
    removeChains(name)
  }
  for (const name of namesWithoutBridge()) {
    for (const iptables of ['iptables', 'ip6tables']) removeRules(iptables, name)
  }
}
