import type { DialogueCase } from '@forbruk/schemas/dialogue/dialogue-case.ts'
import type { Language } from '@forbruk/schemas/statement/language.ts'
import type { Format } from '../../reader/format.ts'

type Shown = Pick<DialogueCase, 'clientName' | 'months'>

/**
 * Pure: what an account manager may write to the client about what is not decided yet; about every month, where all are
 * decided.
 */
export function writeMessage(shown: Shown, language: Language, format: Format): string {
  const open = shown.months.filter(each => each.outcome === null)
  const months = open.length === 0 ? shown.months : open
  const words = WORDS[language]
  const about = months.flatMap(({ month, evidence }) => {
    const { requests, transfer, integrations, hours } = evidence
    const [most] = integrations
    const [busiest] = hours
    return [
      ...(requests === null
        ? []
        : [
            words.requests(
              format.month(month),
              format.count(requests.used),
              format.count(requests.included),
              format.count(requests.above),
            ),
          ]),
      ...(transfer === null
        ? []
        : [
            words.transfer(
              format.month(month),
              format.bytes(transfer.used),
              format.bytes(transfer.included),
              format.bytes(transfer.above),
            ),
          ]),
      ...(most === undefined || most.integrationId === ''
        ? []
        : [words.most(most.integrationId, format.count(most.requests))]),
      ...(busiest === undefined
        ? []
        : [words.busiest(format.instant(busiest.hour), format.count(busiest.requests))]),
      words.proposed(format.nok(evidence.proposedNok)),
    ]
  })
  return [
    words.hello(shown.clientName),
    '',
    words.why,
    '',
    ...about.map(each => `- ${each}`),
    '',
    words.ask,
    '',
    words.bye,
  ].join('\n')
}

type Words = {
  readonly hello: (name: string) => string
  readonly why: string
  readonly requests: (month: string, used: string, included: string, above: string) => string
  readonly transfer: (month: string, used: string, included: string, above: string) => string
  readonly most: (integration: string, requests: string) => string
  readonly busiest: (hour: string, requests: string) => string
  readonly proposed: (nok: string) => string
  readonly ask: string
  readonly bye: string
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    hello: name => `Dear ${name},`,
    why:
      'You have used our API more than what is included, and we would like to talk with you before anything ' +
      'is charged:',
    requests: (month, used, included, above) =>
      `In ${month} you made ${used} requests that count; ${included} are included, so ${above} are above.`,
    transfer: (month, used, included, above) =>
      `In ${month} you transferred ${used}; ${included} are included, so ${above} are above.`,
    most: (integration, requests) => `Most of it came through «${integration}»: ${requests} requests.`,
    busiest: (hour, requests) => `The busiest hour began on ${hour}, with ${requests} requests.`,
    proposed: nok =>
      `By the price list that comes to ${nok}, exclusive of VAT. It is proposed, not invoiced.`,
    ask:
      'Is this as you expect? If it is a script that ran away, or something that we can help you to do with ' +
      'fewer requests, tell us. When would it suit you to talk?',
    bye: 'Kind regards',
  },
  nb: {
    hello: name => `Hei, ${name}!`,
    why:
      'Dere har brukt API-et vårt mer enn det som er inkludert, og vi vil gjerne snakke med dere før noe ' +
      'belastes:',
    requests: (month, used, included, above) =>
      `I ${month} gjorde dere ${used} forespørsler som teller; ${included} er inkludert, så ${above} er over.`,
    transfer: (month, used, included, above) =>
      `I ${month} overførte dere ${used}; ${included} er inkludert, så ${above} er over.`,
    most: (integration, requests) => `Det meste kom gjennom «${integration}»: ${requests} forespørsler.`,
    busiest: (hour, requests) => `Den travleste timen begynte ${hour}, med ${requests} forespørsler.`,
    proposed: nok => `Etter prislisten blir det ${nok} uten mva. Det er foreslått, ikke fakturert.`,
    ask:
      'Er dette som dere venter? Er det et skript som løp løpsk, eller noe vi kan hjelpe dere med å gjøre med ' +
      'færre forespørsler, så si fra. Når passer det å snakke sammen?',
    bye: 'Vennlig hilsen',
  },
}
