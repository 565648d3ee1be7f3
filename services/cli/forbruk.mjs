#!/usr/bin/env node
// The services are TypeScript, which Node runs from version 24 on. An older node hands over to the one that npm
// installed with the project.
import { spawn } from 'node:child_process'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

if (Number(process.versions.node.split('.')[0]) >= 24) {
  // Handed over to by a node that was killed: end as it did, or the next start would find this process in its way.
  // Whatever is half done is meant to survive that.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel?.unref()
  // What was read and compiled once is kept for the next start, which is then twice as fast.
  module.enableCompileCache()
  await import('./main.ts')
} else {
  const node = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url))
  const self = fileURLToPath(import.meta.url)
  const child = spawn(node, [self, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('error', error => {
    console.error(
      `forbruk needs Node 24, and ${node} does not run (${error.message}): run npm ci, or install Node 24`,
    )
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
  })
}
