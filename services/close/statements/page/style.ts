import { Html } from './html.ts'

/**
 * On the screen a sheet of paper, on paper the sheet itself, on a phone one column. Texts have a contrast of 4.5 to
 * their ground at least.
 */
export const STYLE = new Html(`
:root {
  --ink: #17212b; --soft: #55616d; --line: #d9dfe4; --tint: #f3f6f7; --accent: #0b6b70; --warn: #8a4b00;
  --warn-tint: #fff4e2;
}
* { box-sizing: border-box; }
body {
  margin: 0; background: #e7ebee; color: var(--ink);
  font: 10.5pt/1.45 "Inter", "Helvetica Neue", Arial, "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
main {
  width: 210mm; min-height: 297mm; margin: 8mm auto; padding: 18mm 17mm; background: #fff;
  box-shadow: 0 1px 8px rgb(0 0 0 / 15%);
}
header { padding-bottom: 5mm; border-bottom: 2px solid var(--accent); }
.kind {
  margin: 0; color: var(--accent); font-size: 9pt; font-weight: 600; letter-spacing: .08em;
  text-transform: uppercase;
}
h1 { margin: 1mm 0 0; font-size: 24pt; font-weight: 600; line-height: 1.15; letter-spacing: -.01em; }
.parties { display: flex; justify-content: space-between; gap: 4mm 10mm; margin: 6mm 0 5mm; }
address { max-width: 85mm; font-style: normal; overflow-wrap: anywhere; }
address strong { display: block; font-size: 12pt; line-height: 1.25; }
address span { display: block; color: var(--soft); font-size: 9pt; }
.parties > :nth-child(2) { text-align: right; }
.facts { display: flex; flex-wrap: wrap; gap: 2mm 8mm; }
.figures { display: flex; flex-wrap: wrap; gap: 3mm; margin: 6mm 0 2mm; }
.figure { flex: 1 1 36mm; padding: 2.5mm 3.5mm; background: var(--tint); border-radius: 1.5mm; }
.figure.main { background: var(--accent); color: #fff; }
.figure span { display: block; font-size: 8.5pt; color: var(--soft); }
.figure.main span { color: #fff; }
.figure strong { display: block; margin-top: .5mm; font-size: 14pt; font-weight: 600; white-space: nowrap; }
.notice {
  margin: 4mm 0 0; padding: 2.5mm 4mm; border-left: 1mm solid var(--warn); background: var(--warn-tint);
  color: var(--warn); overflow-wrap: anywhere;
}
.next { margin-top: 5mm; padding: 3mm 4mm; border-left: 1mm solid var(--accent); background: var(--tint); }
.next h2 { margin: 0; }
.next ul { margin: 1mm 0 0; padding-left: 4.5mm; font-size: 9.5pt; overflow-wrap: anywhere; }
h2 { margin: 8mm 0 2mm; font-size: 12pt; font-weight: 600; break-after: avoid; }
table { width: 100%; border-collapse: collapse; }
thead th {
  padding: 1.2mm 2mm 1.2mm 0; color: var(--soft); font-size: 8.5pt; font-weight: 500; text-align: left;
  border-bottom: 1px solid var(--ink); vertical-align: bottom;
}
td { padding: 1.2mm 2mm 1.2mm 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td + td, th + th { padding-left: 2mm; }
th:last-child, td:last-child { padding-right: 0; }
.n, thead .n { text-align: right; }
td.n { white-space: nowrap; overflow-wrap: normal; }
tr { break-inside: avoid; }
.totals { break-inside: avoid; }
.client th {
  padding: 4mm 0 1.2mm; font-weight: 600; text-align: left; border-bottom: 1px solid var(--ink); break-after: avoid;
  overflow-wrap: anywhere;
}
.client small { margin-left: 2mm; font-weight: 400; }
.sum td { font-weight: 600; }
.totals tr:first-child td { padding-top: 2.5mm; border-top: 2px solid var(--ink); }
.all td { font-weight: 600; }
.total td { font-size: 11.5pt; font-weight: 600; }
.note { display: block; }
.tag {
  display: inline-block; padding: 0 1.6mm; border: 1px solid currentcolor; border-radius: 3mm; font-size: 7.5pt;
  line-height: 1.5;
}
.proposed { color: var(--warn); }
.waived { color: var(--soft); }
s { color: var(--soft); }
small, .soft { color: var(--soft); font-size: 8.5pt; }
.names { margin: 0; padding-left: 4.5mm; columns: 2; column-gap: 8mm; font-size: 9.5pt; overflow-wrap: anywhere; }
.names li { break-inside: avoid; }
figure { margin: 0 0 3mm; break-inside: avoid; }
figcaption { color: var(--soft); font-size: 8.5pt; }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 8.5px; fill: var(--soft); }
.tick { text-anchor: end; }
.day { text-anchor: middle; }
.grid { stroke: var(--line); stroke-width: .7; }
.bar { fill: var(--accent); }
ul.definitions { margin: 0; padding-left: 4.5mm; font-size: 9pt; }
dl { margin: 0; font-size: 9pt; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.reference { display: grid; grid-template-columns: 42mm 1fr; gap: 1mm 3mm; }
code { font: 8.5pt/1.4 "JetBrains Mono", "DejaVu Sans Mono", "Liberation Mono", monospace; }
.together { break-inside: avoid; }
@page {
  size: A4; margin: 16mm 15mm 18mm;
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #55616d; }
}
@media print {
  body { background: none; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { width: auto; min-height: 0; margin: 0; padding: 0; box-shadow: none; }
}
@media screen and (max-width: 210mm) {
  main { width: auto; min-height: 0; margin: 0; padding: 6mm 5mm; box-shadow: none; }
}
@media screen and (max-width: 160mm) {
  .parties { flex-direction: column; }
  .parties > :nth-child(2) { text-align: left; }
  .facts, .reference { display: block; }
  .names { columns: 1; }
  /* A row's first cell has a line of its own, the figures stand below it. */
  table, thead, tbody { display: block; }
  tr { display: flex; flex-wrap: wrap; justify-content: flex-end; border-bottom: 1px solid var(--line); }
  thead tr { border-bottom-color: var(--ink); }
  td, th, thead th, .client th { flex: 1 1 0; padding: .6mm 0 .6mm 3mm; border: 0; }
  td:first-child, th:first-child { flex-basis: 100%; padding-left: 0; }
  .changes td:nth-child(2), .changes th:nth-child(2) { flex-basis: 100%; padding-left: 0; }
  td[colspan] { flex-basis: 50%; }
  figure { overflow-x: auto; }
  svg { width: 160mm; }
}
`)
