import type { useActor } from '../reader/actor.ts'
import { useTexts } from '../reader/reader.tsx'
import { partTexts } from '../texts/parts.ts'

/** Asks for the name of who acts, where nobody is signed in. */
export function ActorField({ actor }: { readonly actor: ReturnType<typeof useActor> }) {
  const texts = useTexts(partTexts)
  const [name, setName, isKnown] = actor
  if (isKnown) return null
  return (
    <label>
      {texts.you}
      <input required autoComplete="name" value={name} onChange={event => setName(event.target.value)} />
    </label>
  )
}
