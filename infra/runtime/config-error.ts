/** Names every wrong variable at once: its value, unless that is a secret, and what was expected. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

export function refuse(faults: readonly string[]): ConfigError {
  return new ConfigError(`The environment is not right:\n${faults.map(fault => `  ${fault}`).join('\n')}`)
}
