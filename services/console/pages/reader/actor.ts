import { useState } from 'react'

const KEY = 'forbruk.actor'

/** Who decides here, as it is recorded: typed once, and kept by the browser. */
export function useActor(): readonly [string, (name: string) => void] {
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
  return [actor, choose]
}
