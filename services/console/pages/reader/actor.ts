import { useState } from 'react'
import { useCaller } from '../ask/session.ts'

const KEY = 'forbruk.actor'

/**
 * Who decides here, as it is recorded: whoever signed in, which `isKnown` says; else typed once, and kept by the
 * browser.
 */
export function useActor(): readonly [actor: string, setActor: (name: string) => void, isKnown: boolean] {
  const known = useCaller()?.actor ?? null
  const [actor, setActor] = useState(() => {
    try {
      return localStorage.getItem(KEY) ?? ''
    } catch {
      return ''
    }
  })
  const choose = (name: string) => {
    setActor(name)
    try {
      localStorage.setItem(KEY, name)
    } catch {
      // It is typed again at the next visit.
    }
  }
  return [known ?? actor, choose, known !== null]
}
