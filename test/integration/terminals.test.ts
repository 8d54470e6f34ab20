import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { WebSocket as PlatformSocket } from 'undici'
import { type WebSocket, WebSocketServer } from 'ws'
import {
  APIException,
  asPty,
  bridgeTerminal,
  exec,
  filePull,
  type PtyExit,
  spawn,
  type TerminalSize,
} from '../../src/index.ts'
import { openBrowser } from './browser.ts'
import { startContainer } from './live-container.ts'
import { before, it } from './node-test.ts'
import { describeOnServers, serversOverSocket } from './servers.ts'

// Commands that show something wait before they exit: LXD 5.0 may lose what a terminal shows last.
describeOnServers(
  'Terminals',
  running => {
    const web = () => running().api['1.0'].instances.web
    const open = (command: readonly string[], terminal: TerminalSize | true = true) =>
      openBrowser(() => spawn(web(), command, { terminal }))

    before(() => startContainer(running().api, 'web', running().image))

    it('show a full-screen program in a browser, which can be typed in and resized', async () => {
      const { screen, client, lines, shows, resize, ended } = await open(['vi', '/root/note'])
      await shows(all => all[23]?.startsWith('- /root/note') ?? false)
      assert.deepEqual(lines().slice(0, 3), ['', '~', '~'])
      client.send('iMotorhead')
      await shows(([first]) => first === 'Motorhead')
      assert.deepEqual([screen.buffer.active.cursorX, screen.buffer.active.cursorY], [9, 0])
      resize(100, 30)
      await shows(all => all[29]?.startsWith('I /root/note') ?? false)
      client.send(Buffer.from('\x1b'))
      await shows(all => all[29]?.startsWith('- /root/note') ?? false)
      client.send(Buffer.from(':wq\r'))
      assert.deepEqual(await ended, [{ exitCode: 0 }, 1000, 'exit 0'])
      assert.equal(String(await filePull(web(), '/root/note')), 'Motorhead\n')
    })

    it('show a table that is drawn again and again', async () => {
      const { client, lines, shows, ended } = await open(['top', '-d', '1'])
      await shows(
        all => all.some(line => /PID\s+PPID USER/.test(line)) && all.some(line => /\btop -d 1/.test(line)),
      )
      assert.match(lines()[0] ?? '', /^Mem: \d+K used/)
      client.send('q')
      assert.deepEqual(await ended, [{ exitCode: 0 }, 1000, 'exit 0'])
    })

    it('have the size that the browser tells, even if it tells it before the command has started', async () => {
      const { shows, resize, client, ended } = await open(['sh'], { columns: 40, rows: 10 })
      resize(132, 43)
      client.send('stty size\n')
      await shows(all => all.includes('43 132'))
      client.send('exit 3\n')
      assert.deepEqual(await ended, [{ exitCode: 3 }, 1000, 'exit 3'])
    })

    it('hang up when the browser is gone', async () => {
      const { client, shows, ended } = await open(['sh', '-c', 'echo here; exec sleep 4321'])
      await shows(([first]) => first === 'here')
      client.terminate()
      assert.deepEqual((await ended)[0], { exitCode: 129 })
      const { stdout } = await exec(web(), ['ps'])
      assert.doesNotMatch(stdout, /sleep 4321/)
    })

    it('hang up also if the browser is gone before the command has started', async () => {
      let leave: () => void = () => {}
      const browser = await openBrowser(async () => {
        const child = await spawn(web(), ['sh'], { terminal: true })
        leave()
        await new Promise(resolve => browser.client.once('close', resolve))
        return child
      })
      leave = () => browser.client.terminate()
      assert.deepEqual((await browser.ended)[0], { exitCode: 129 })
    })

    it('close the socket with 1011 if the command can not be started', async () => {
      const { ended } = await open(['/no/such/program'])
      const [{ error }, code, reason] = await ended
      assert.ok(error instanceof APIException)
      assert.deepEqual([code, reason], [1011, 'failed'])
    })

    it('are joined with the WebSocket of a platform just as well', async () => {
      const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
      await new Promise(resolve => server.once('listening', resolve))
      const connected = new Promise<WebSocket>(resolve => server.once('connection', resolve))
      // Safe cast: it listens on a port.
      const socket = new PlatformSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
      const ended = bridgeTerminal(spawn(web(), ['sh'], { terminal: true }), socket)
      const browser = await connected
      const closed = new Promise(resolve =>
        browser.once('close', (code, reason) => resolve([code, String(reason)])),
      )
      let output = ''
      browser.on('message', data => {
        output += data
      })
      browser.send(Buffer.from('yes | head -c 1000000 | tr -d "\\r\\n" | wc -c; sleep 0.2; exit 4\n'))
      assert.deepEqual(await ended, { exitCode: 4 })
      assert.deepEqual(await closed, [1000, 'exit 4'])
      assert.match(output, /\r\n500000\r\n/)
      server.close()
    })

    it('have the form of node-pty', async () => {
      const pty = asPty(await spawn(web(), ['sh'], { terminal: true }))
      let output = ''
      const exited = new Promise<PtyExit>(resolve => pty.onExit(resolve))
      const ignored = pty.onData(() => assert.fail('It is no listener any more'))
      ignored.dispose()
      pty.onData(data => {
        output += data
      })
      pty.resize(70, 20)
      pty.pause()
      pty.write('stty size; printf "\\342\\202"; printf "\\254\\n"; sleep 0.2; exit 5\n')
      pty.resume()
      assert.deepEqual(await exited, { exitCode: 5 })
      assert.match(output, /20 70\r\n€\r\n/)

      const killed = asPty(await spawn(web(), ['sleep', '1000'], { terminal: true }))
      const end = new Promise<PtyExit>(resolve => killed.onExit(resolve))
      killed.kill()
      assert.deepEqual(await end, { exitCode: 129 })
      assert.throws(() => asPty({ ...killed } as never), TypeError)
    })
  },
  serversOverSocket(),
)
