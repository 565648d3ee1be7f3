import { expect, test } from 'vitest'
import { STYLE } from './style.ts'

/** WCAG 2: relative luminance of a colour. */
function luminance(colour: string): number {
  const whole = colour.length === 4 ? colour.replaceAll(/[0-9a-f]/g, '$&$&') : colour
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(start => {
    const part = Number.parseInt(whole.slice(start, start + 2), 16) / 255
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(colour: string, ground: string): number {
  const [darker = 0, lighter = 0] = [luminance(colour), luminance(ground)].toSorted((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

const colours = new Map(
  [...STYLE.markup.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = '', colour = '']) => [
    name,
    colour,
  ]),
)
const colourOf = (name: string) => colours.get(name) ?? name

test.each([
  ['ink', '#ffffff'],
  ['ink', 'tint'],
  ['soft', '#ffffff'],
  ['soft', 'tint'],
  ['accent', '#ffffff'],
  ['#ffffff', 'accent'],
  ['warn', '#ffffff'],
  ['warn', 'warn-tint'],
])('%s on %s can be read (WCAG AA)', (text, ground) => {
  expect(contrast(colourOf(text), colourOf(ground))).toBeGreaterThanOrEqual(4.5)
})
