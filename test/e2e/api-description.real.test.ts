import { hashSecret } from '@forbruk/infra/access/secret.ts'
import { expect, test } from 'vitest'
import { useInstallation } from '../support/close/close-october.ts'
import { collectorAtHand } from '../support/collector/open-collector.ts'
import { useConsole } from '../support/console/console.ts'
import { findSchemathesisObstacle, runSchemathesis } from '../support/schemathesis/run-schemathesis.ts'

const obstacle = await findSchemathesisObstacle()
/** The longer forms are for a person: SCHEMATHESIS_EXAMPLES=200 SCHEMATHESIS_SECONDS=900. */
const examplesMax = Number(process.env.SCHEMATHESIS_EXAMPLES ?? 10)
const secondsMax = Number(process.env.SCHEMATHESIS_SECONDS ?? 45)
const seed = Number(process.env.SCHEMATHESIS_SEED ?? 1)

const TOKEN = 'a-token-of-this-test-alone'

const { place, countAll, close } = useInstallation()
const { open, url } = useConsole(place)

test.skipIf(obstacle !== null)(
  'every path answers as it is described, and takes what its description allows',
  async () => {
    await countAll()
    await close()
    await open({ settings: { token: TOKEN } })
    const { isClean, output } = await runSchemathesis(url(), { token: TOKEN, seed, examplesMax, secondsMax })
    expect(isClean, output).toBe(true)
    expect(output).toMatch(/Tested: +[2-9]\d/)
  },
  // Its own budget ends generating, not what was begun.
  secondsMax * 1_000 + 600_000,
)

test.skipIf(obstacle !== null)(
  'so does every path of the collector',
  async () => {
    const holders = [{ tokenHash: hashSecret(TOKEN), source: 'edge', format: null }]
    const collector = await collectorAtHand({ holders })
    // It has five paths, where the console has some fifty.
    const bounds = { token: TOKEN, seed, examplesMax, secondsMax: Math.ceil(secondsMax / 4) }
    const { isClean, output } = await runSchemathesis(collector.url, bounds)
    expect(isClean, output).toBe(true)
    expect(output).toMatch(/Tested: +5/)
  },
  secondsMax * 1_000 + 600_000,
)
