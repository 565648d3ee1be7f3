import { describeRegistryFault, type RegistryFault } from '@forbruk/schemas/registry/registry.ts'

/** There is no right registry; nothing was stored. `faults` is every mistake, or the first of very many. */
export class RegistryFaultsError extends Error {
  override name = 'RegistryFaultsError'
  readonly faults: readonly RegistryFault[]
  /** Of all, listed or not. */
  readonly faultCount: number
  /** @param origin where the files came from, for the message */
  constructor(origin: string, faults: readonly RegistryFault[], faultCount = faults.length) {
    const sentences = faults.map(fault => `\n  ${describeRegistryFault(fault)}`)
    const more = faultCount > faults.length ? `\n  and ${faultCount - faults.length} more` : ''
    super(`the registry in ${origin} is not imported:${sentences.join('')}${more}`)
    this.faults = faults
    this.faultCount = faultCount
  }
}
