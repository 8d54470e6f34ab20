import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

function output(program: string, args: readonly string[] = []): string {
  return spawnSync(program, args, { encoding: 'utf8' }).stdout ?? '' // Null where there is no such program.
}

// Rules of a network, of its forwards, and so on.
const MARK = /"generated for (?:LXD|Incus) network[-a-z]* ([^"]+)"/

// The servers mark their rules with the network's name, and leave them when they shut down.
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

// A network that was deleted while its daemon ran has left its rules as well, and is in no folder any more.
function namesWithoutBridge(): string[] {
  const saved = output('iptables-save') + output('ip6tables-save')
  const names = [...saved.matchAll(new RegExp(MARK, 'g'))].map(match => match[1] ?? '')
  return [...new Set(names)].filter(name => !existsSync(`/sys/class/net/${name}`))
}

/** Removes what the networks of an ended daemon left: bridges and the rules of the firewall. */
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
