import type { Gateway } from './gateway.ts'
import type { SimulatedDisk } from './simulated-disk.ts'

/** What lies where: each file with the numbers of its lines. */
export function describeDisk(disk: SimulatedDisk, gateway: Gateway): string {
  const names = disk.paths.map(path => {
    const inode = disk.at(path)
    const numbers = (inode && gateway.lines.get(inode))?.map(({ number }) => number) ?? []
    return `${path} #${inode?.number} ${numbers[0] ?? ''}-${numbers.at(-1) ?? ''}`
  })
  return names.join(', ')
}
