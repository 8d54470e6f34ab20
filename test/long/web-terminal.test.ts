import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { WebSocket } from 'ws'
import { exec, filePull, start, waitFor } from '../../src/index.ts'
import { missingReason } from '../daemon/index.ts'
import { findProgram } from '../daemon/server-kinds.ts'
import { it } from '../integration/node-test.ts'
import { describeOnServers, serversOverSocket } from '../integration/servers.ts'
import { untilTrue } from './patience.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describeOnServers(
  'The example of a terminal in the browser',
  running => {
    it('works in a real one', { skip: missingReason('chromium') }, async () => {
      const { api, daemon, image } = running()
      const { web } = api['1.0'].instances
      await api['1.0'].instances.post({ name: 'web', source: { type: 'image', fingerprint: image } }).wait()
      await start(web)
      const env = { ...process.env, LXD_SOCKET: daemon.socketPath }
      const args = ['--import', 'tsx', 'examples/web-terminal/server.ts', 'web']
      const server = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
      const [url] = await once(createInterface(server.stdout), 'line')
      // As a page of somebody else, and as somebody who does not know the token.
      await assertRefused(url.replace('http', 'ws'), 'http://evil.example')
      await assertRefused(url.replace(/^http(.*)token=.*/, 'ws$1token=wrong'), new URL(url).origin)

      const browser = await chromium.launch({
        executablePath: findProgram(['chromium']),
        args: ['--no-sandbox'],
      })
      try {
        const page = await browser.newPage({ viewport: { width: 560, height: 240 } })
        await page.goto(url)
        await shows(page, /^~ #/m)
        await page.keyboard.type('hostname; stty size\n')
        await shows(page, /^web\n\d+ \d+$/m)
        const [before] = await sizes(page)
        await page.setViewportSize({ width: 720, height: 320 })
        await page.keyboard.type('stty size\n')
        await untilTrue(async () => (await sizes(page)).length === 2)
        const [, after] = await sizes(page)
        assert.ok(before && after && after[0] > before[0] && after[1] > before[1], `${before}, ${after}`)

        await page.keyboard.type('vi /root/note\n')
        await shows(page, /^- \/root\/note/m)
        await page.keyboard.type('iThis is typed in a browser, into the vi of a container.')
        await shows(page, /^This is typed .* of a container\.$/m)
        // SCREENSHOT=docs/web-terminal.png takes that of the docs.
        const path = process.env['SCREENSHOT']
        assert.ok((await page.screenshot({ path })).length > 5000)
        await page.keyboard.press('Escape')
        await shows(page, /^- \/root\/note/m)
        await page.keyboard.type(':wq\n')
        await page.keyboard.type('exit 7\n')
        await shows(page, /^\[exit 7\]$/m)
        assert.match(String(await filePull(web, '/root/note')), /^This is typed in a browser/)

        await page.reload()
        await shows(page, /^~ #/m)
        await page.keyboard.type('exec sleep 4321\n')
        await waitFor(web, { command: ['pidof', 'sleep'] }, { timeout: 60 })
        await page.close()
        await waitFor(web, { command: ['sh', '-c', '! pidof sleep'] }, { timeout: 60 })
        assert.doesNotMatch((await exec(web, ['ps'])).stdout, /sleep/)
      } finally {
        await browser.close()
        server.kill('SIGINT')
        assert.deepEqual(await once(server, 'exit'), [0, null])
      }
    })
  },
  serversOverSocket(),
)

async function assertRefused(url: string, origin: string): Promise<void> {
  const [error] = await once(new WebSocket(url, { origin }), 'error').catch(error => [error])
  assert.match(String(error), /403/)
}

async function shows(page: Page, text: RegExp): Promise<void> {
  await untilTrue(async () => text.test(await readScreen(page)))
}

async function readScreen(page: Page): Promise<string> {
  const rows = await page.locator('.xterm-rows > div').allInnerTexts()
  return rows.map(row => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n')
}

/** The rows and the columns of each answer of `stty size` on the screen. */
async function sizes(page: Page): Promise<readonly (readonly [number, number])[]> {
  const found = (await readScreen(page)).matchAll(/^(\d+) (\d+)$/gm)
  return [...found].map(([, rows, columns]) => [Number(rows), Number(columns)])
}
