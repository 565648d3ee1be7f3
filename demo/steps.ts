/** What `npm start` does with the recorded month: commands of Forbruk, as a user would type them. */
export const DEMO_STEPS: readonly (readonly string[])[] = [
  // The recorded month is as old as it is, whenever the demo is run.
  ['stream', 'limits', '--past', '36500d', '--ahead', '36500d'],
  ['registry', 'import', 'demo/registry'],
  ['ship', '--format', 'nginx-json', '--source', 'gateway-1', 'demo/gateway-1.access.log.gz'],
  ['ship', '--format', 'nginx-json', '--source', 'gateway-2', 'demo/gateway-2.access.log.gz'],
  ['aggregate', '--until-caught-up'],
  // 40 requests came without a valid key and were answered with 401: there is nobody to charge.
  [
    'rejected',
    'waive',
    '--reason-code',
    'client_missing',
    '--month',
    '2026-10',
    '--reason',
    'no valid key, answered with 401: nobody to charge',
  ],
  ['close', '2026-10'],
  ['audit', '--replay'],
]
