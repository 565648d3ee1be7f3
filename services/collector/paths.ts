/** As Forbruk answers at its own path, and as OpenMeter does at each of its own. */
export type AnswerStyle = 'forbruk' | 'openmeter' | 'openmeter_v3'

/** OpenMeter's SDKs add their paths to a base URL; its plugin in Kong is told the whole. */
export const EVENT_PATHS: ReadonlyMap<string, AnswerStyle> = new Map([
  ['/v1/events', 'forbruk'],
  ['/api/v1/events', 'openmeter'],
  ['/api/v3/openmeter/events', 'openmeter_v3'],
])

export const HEALTH_PATH = '/v1/health'
export const METRICS_PATH = '/metrics'
export const DESCRIPTION_PATH = '/openapi.json'

/** What is taken is answered with. */
export const TAKEN_STATUS = {
  forbruk: 200,
  openmeter: 204,
  openmeter_v3: 202,
} as const satisfies Record<AnswerStyle, number>
