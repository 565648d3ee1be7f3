/** Something is not as it must be: the simulation has found a fault. */
export class Violation extends Error {
  override name = 'Violation'
}
