import { countingViews } from './counting-views.ts'
import { alertAndRegistryViews, dialogueViews } from './dialogue-views.ts'
import { statementViews } from './statement-views.ts'
import { usageViews } from './usage-views.ts'
import type { ViewTexts } from './view-text.ts'

/** Every stable view, by the heading that it stands under. */
export const DESCRIBED_VIEWS: Readonly<Record<string, ViewTexts>> = {
  Usage: usageViews,
  Statements: statementViews,
  Dialogue: dialogueViews,
  'Alerts and registry': alertAndRegistryViews,
  Counting: countingViews,
}
