import { constants, gunzipSync, gzipSync } from 'node:zlib'
import type { ObstacleReason } from '@forbruk/schemas/event/obstacle-reason.ts'
import type { LogFiles, OpenLogFile } from '../../../services/shipper/files/log-files.ts'
import type { Shipment } from '../../../services/shipper/send/shipment.ts'
import type { Mutation } from './outcome.ts'

/** The shipper with one piece replaced by a wrong one: the simulation must tell each from the right one. */
export const MUTANTS: Readonly<Record<string, Mutation>> = {
  'that a file was begun is not saved before its lines are sent': {
    save: progress => ({ ...progress, files: progress.files.filter(({ position }) => position > 0) }),
  },
  'nothing is saved before the marks are sent': {
    save: progress => (progress.unmarked.length > 0 ? null : progress),
  },
  'what was begun is saved as read to its end': {
    save: progress => ({ ...progress, files: progress.files.map(file => ({ ...file, done: true })) }),
  },
  'a file is known by its first line alone': {
    shipment: shipment => {
      const kinOf = shipment.known.kinOf.bind(shipment.known)
      shipment.known.kinOf = firstLine =>
        kinOf(firstLine).map(file => ({
          ...file,
          lineDigests: [],
          place: null,
          livePlace: null,
          lastLine: null,
        }))
    },
  },
  'device and inode are forgotten': {
    shipment: shipment => {
      const kinOf = shipment.known.kinOf.bind(shipment.known)
      shipment.known.kinOf = firstLine =>
        kinOf(firstLine).map(file => ({ ...file, place: null, livePlace: null }))
    },
  },
  'rotated files with an older time are passed over': {
    files: (files, disk) => ({
      ...files,
      list: async folder => {
        const newestMs = Math.max(...disk.paths.map(path => disk.at(path)?.modifiedMs ?? 0))
        const isOld = (name: string) => (disk.at(`${folder}/${name}`)?.modifiedMs ?? 0) < newestMs - 20_000
        return (await files.list(folder)).filter(({ name }) => name === 'access.log' || !isOld(name))
      },
    }),
  },
  'the files it was rotated into are looked at once': {
    files: files => {
      const listed = new Map<string, ReturnType<LogFiles['list']>>()
      return {
        ...files,
        list: folder => {
          const known = listed.get(folder) ?? files.list(folder)
          listed.set(folder, known)
          return known
        },
      }
    },
  },
  'compressed files are not looked at': {
    files: files => ({
      ...files,
      list: async folder => (await files.list(folder)).filter(({ name }) => !name.endsWith('.gz')),
    }),
    shipment: settling('gone'),
  },
  'damaged data is taken for the end': {
    files: files => ({ ...files, open: async path => mend(await files.open(path)) }),
  },
  'what was read once is not looked at again': {
    files: files => ({ ...files, open: async path => remember(await files.open(path)) }),
  },
  'a file that is gone is no obstacle': { shipment: settling('gone') },
  'half a line of a copy is sent, whatever an earlier run has sent': {
    shipment: shipment => {
      const open = shipment.open.bind(shipment)
      shipment.open = (...file) => Object.assign(open(...file), { mayBeSentBeyond: () => false })
    },
  },
  'a damaged file is no obstacle': { shipment: settling('damaged') },
  'a file that begins alike is no obstacle': { shipment: settling('alike') },
  'a missing neighbour is no obstacle': { shipment: settling('neighbour_missing') },
  'a file that was renamed out of sight is no obstacle': {
    shipment: ({ obstacles }) => {
      obstacles.isSettled = ({ reason, file }) => reason === 'neighbour_missing' && file !== null
    },
  },
  'a log of which something was given up is read no further': {
    shipment: shipment => {
      const open = shipment.open.bind(shipment)
      shipment.open = (file, path, behind = null) =>
        open(file, path, behind === null ? null : { ...behind, position: behind.position + 1_000_000 })
    },
  },
  'what stands in the way is told once, and never taken back': {
    shipment: ({ obstacles }) => {
      const told = obstacles.standing
      Object.defineProperty(obstacles, 'standing', { get: () => told })
    },
  },
  'a mark vouches for this moment': { clock: nowMs => nowMs + 60_000 },
}

function settling(reason: ObstacleReason): (shipment: Shipment) => void {
  return ({ obstacles }) => {
    obstacles.isSettled = found => found.reason === reason
  }
}

/** Makes whole what there is of compressed data. */
function mend(file: OpenLogFile): OpenLogFile {
  let mended: Buffer | null = null
  return {
    ...file,
    read: async (position, bytesMax) => {
      const whole = mended ?? (await file.read(0, 1_000_000))
      if (whole[0] !== 0x1f) return whole.subarray(position, position + bytesMax)
      mended = gzipSync(gunzipSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }))
      return mended.subarray(position, position + bytesMax)
    },
  }
}

function remember(file: OpenLogFile): OpenLogFile {
  const read = new Map<string, Buffer>()
  return {
    ...file,
    read: async (position, bytesMax) => {
      const key = `${position} ${bytesMax}`
      const before = read.get(key)
      if (before !== undefined && before.length > 0) return before
      const found = await file.read(position, bytesMax)
      read.set(key, found)
      return found
    },
  }
}
