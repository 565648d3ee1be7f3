import { parseArgs } from 'node:util'
import { checkModel, DEEP, findSpin, MUTANTS, PROTOCOL } from './check-model.ts'

const { values } = parseArgs({ options: { deep: { type: 'boolean', default: false } } })
const obstacle = await findSpin()
if (obstacle !== null) {
  console.error(`The model can't be checked: ${obstacle}.`)
  process.exit(2)
}
for (const check of [...PROTOCOL, ...(values.deep ? DEEP : []), ...MUTANTS]) {
  const beganMs = performance.now()
  const outcome = await checkModel(check)
  const isExpected = (outcome.kind === 'holds') === (check.mutation === null)
  if (!isExpected) process.exitCode = 1
  const found =
    outcome.kind === 'holds'
      ? `holds in all ${outcome.states} states`
      : `counterexample of ${outcome.depth} steps: ${outcome.assertion}`
  const seconds = ((performance.now() - beganMs) / 1_000).toFixed(0)
  console.log(
    `${isExpected ? 'ok    ' : 'WRONG '} ${check.mutation ?? 'the protocol'}, ${check.name}: ${found} (${seconds} s)`,
  )
}
