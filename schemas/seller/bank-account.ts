const WEIGHTS = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]

/** A Norwegian account of eleven digits, the last of which checks the others, or an IBAN; without spaces or dots. */
export function isBankAccount(text: string): boolean {
  return isNorwegianAccount(text) || isIban(text)
}

function isNorwegianAccount(text: string): boolean {
  if (!/^\d{11}$/.test(text)) return false
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(text[index]), 0)
  return (sum + Number(text[10])) % 11 === 0
}

/** ISO 13616: the country and check digits moved to the end, letters as 10 to 35, leave 1 when divided by 97. */
function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(text)) return false
  const moved = text.slice(4) + text.slice(0, 4)
  const digits = moved.replace(/[A-Z]/g, letter => String(Number.parseInt(letter, 36)))
  return BigInt(digits) % 97n === 1n
}
