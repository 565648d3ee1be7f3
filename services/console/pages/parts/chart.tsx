import { type PlotOptions, plot } from '@observablehq/plot'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTexts } from '../reader/reader.tsx'
import { partTexts } from '../texts/parts.ts'

/** Its `<style>` is let in by its hash, which the server names: so it must stay as it is. */
const CLASS = 'plot'

/** A chart as SVG, as wide as its place, with the same figures as a table for whoever can't see it or wants to copy. */
export function Chart({
  label,
  height,
  draw,
  onPick,
  children,
}: {
  readonly label: string
  readonly height: number
  /** Must be the same function as long as it draws the same. */
  readonly draw: (width: number) => PlotOptions
  /** What is under the pointer when it is clicked. */
  readonly onPick?: (datum: unknown) => void
  /** The same as a table, where it doesn't stand elsewhere. */
  readonly children?: ReactNode
}) {
  const texts = useTexts(partTexts)
  const place = useRef<HTMLDivElement>(null)
  const width = useWidth(place)
  const pick = useRef(onPick)
  pick.current = onPick
  useEffect(() => {
    if (width === 0 || place.current === null) return
    const drawn = plot({ ...draw(width), width, height, className: CLASS })
    // The place is the picture; its parts have labels that mean something to nobody but the library.
    drawn.setAttribute('aria-hidden', 'true')
    drawn.addEventListener('click', () => {
      if ('value' in drawn && drawn.value !== null) pick.current?.(drawn.value)
    })
    place.current.replaceChildren(drawn)
  }, [draw, width, height])
  return (
    <figure className="chart">
      <div
        ref={place}
        role="img"
        aria-label={label}
        className={onPick === undefined ? 'drawn' : 'drawn picks'}
        style={{ height }}
      />
      {children === undefined ? null : (
        <details className="as-table">
          <summary aria-label={`${texts.asTable}: ${label}`}>{texts.asTable}</summary>
          {children}
        </details>
      )}
    </figure>
  )
}

/** In steps, so that a scroll bar that comes and goes draws nothing again. */
function useWidth(place: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    if (place.current === null) return
    const observer = new ResizeObserver(([entry]) => {
      setWidth(Math.floor((entry?.contentRect.width ?? 0) / 4) * 4)
    })
    observer.observe(place.current)
    return () => observer.disconnect()
  }, [place])
  return width
}
