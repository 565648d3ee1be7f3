import { signWith, verifyWith } from '@forbruk/schemas/wire/sign-record.ts'

/** A key that is the same in every run, so that a seed gives the same bytes. */
const PAIR = {
  publicKey: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  secretKey: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
}
/** Of somebody who may write to the topic, and has made a key of his own. */
const STRANGER = {
  publicKey: 'PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw',
  secretKey: 'TM0Imyj_ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U-4pvs',
}

export const TEST_KEY = {
  publicKey: PAIR.publicKey,
  verify: verifyWith(PAIR.publicKey),
  sign: signWith(PAIR),
}
export const signAsStranger = signWith(STRANGER)
