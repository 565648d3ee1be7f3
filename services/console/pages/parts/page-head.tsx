import { type ReactNode, useEffect } from 'react'
import { MonthPicker } from './month-picker.tsx'

/** What a page is called, there and in the browser's tab, what it is for, and the month that it shows. */
export function PageHead({
  title,
  intro,
  month = null,
  onChoose,
  children,
}: {
  readonly title: string
  readonly intro?: string
  /** Null: it is of no month, or that is not known yet. */
  readonly month?: string | null
  readonly onChoose?: (month: string) => void
  /** What stands beside the title instead. */
  readonly children?: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} – Forbruk`
  }, [title])
  return (
    <>
      <div className="head">
        <h1>{title}</h1>
        {month === null || onChoose === undefined ? null : <MonthPicker month={month} onChoose={onChoose} />}
        {children}
      </div>
      {intro === undefined ? null : <p className="lead">{intro}</p>}
    </>
  )
}
