import type { CaseAction, CaseSummary, DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import { queryOptions } from '@tanstack/react-query'
import { Problem } from './problem.ts'

/** `/v1/cases/{id}` with a case's name. */
function pathOf(caseId: string): string {
  return `/v1/cases/${encodeURIComponent(caseId)}`
}

/** The API's document tells of cases loosely; what it answers are these types of the schemas. */
async function ask<Answer>(path: string, request?: RequestInit): Promise<Answer> {
  const answer = await fetch(path, request)
  if (answer.ok) return answer.json()
  throw new Problem(answer.status, await answer.json().catch(() => null))
}

export function casesQuery(state: CaseSummary['state'] | undefined) {
  return queryOptions({
    queryKey: ['cases', state ?? 'all'],
    queryFn: () =>
      ask<{ readonly cases: readonly CaseSummary[] }>(
        state === undefined ? '/v1/cases' : `/v1/cases?state=${state}`,
      ),
  })
}

export function caseQuery(caseId: string) {
  return queryOptions({ queryKey: ['case', caseId], queryFn: () => ask<DialogueCase>(pathOf(caseId)) })
}

export function addStep(
  { caseId, sequence }: DialogueCase,
  actor: string,
  action: CaseAction,
): Promise<DialogueCase> {
  return ask(`${pathOf(caseId)}/steps`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ actor, action, expectedSequence: sequence }),
  })
}
