/** What waits, in a few words; the sentences under them say what, and what to do. */
const en = {
  month_open: (month: string) => `${month} is over and not closed`,
  month_before_open: (month: string) => `${month} waits for the month before it`,
  no_first_month: (month: string) => `${month} could be the first month that is closed`,
  close_from_idle: (month: string) => `The schedule never closes ${month}, which it was told to begin with`,
  approval: (month: string) => `Statements of ${month} wait for approval`,
  inputs_changed: (month: string) => `${month} was rated with another registry or price list than holds now`,
  exceptions: (month: string) => `Use in ${month} is charged to nobody`,
  later_usage: (month: string) => `More of ${month} was counted after it was closed`,
  decisions_unstated: (month: string) => `Decisions about ${month} stand on no statement`,
  partitions_uncounted: () => 'Partitions of the topic are not counted',
  source_obstructed: (month: string) => `A source can't go on from ${month}`,
  overage_vanished: (month: string) => `A case is about ${month}, which has no overage any more`,
}

const nb: typeof en = {
  month_open: month => `${month} er over og ikke avsluttet`,
  month_before_open: month => `${month} venter på måneden før`,
  no_first_month: month => `${month} kan bli den første måneden som avsluttes`,
  close_from_idle: month => `Planen avslutter aldri ${month}, som den skulle begynne med`,
  approval: month => `Oppgaver for ${month} venter på godkjenning`,
  inputs_changed: month =>
    `${month} er priset med et annet register eller en annen prisliste enn det som gjelder nå`,
  exceptions: month => `Bruk i ${month} belastes ingen`,
  later_usage: month => `Mer av ${month} er talt etter at den ble avsluttet`,
  decisions_unstated: month => `Avgjørelser om ${month} står ikke på noen oppgave`,
  partitions_uncounted: () => 'Partisjoner i emnet telles ikke',
  source_obstructed: month => `En kilde kommer ikke videre fra ${month}`,
  overage_vanished: month => `En sak gjelder ${month}, som ikke har overforbruk lenger`,
}

export const waitingTexts = { en, nb }
