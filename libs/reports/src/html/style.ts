import { dark, light } from '../charts/palette';
import type { Tone } from '../charts/drawing';

const variables = (palette: Readonly<Record<string, string>>): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

const tones = Object.keys({
  ink: 0,
  muted: 0,
  rule: 0,
  paper: 0,
  own: 0,
  market: 0,
  other: 0,
  gain: 0,
  loss: 0,
  positive: 0,
  negative: 0,
} satisfies Record<Tone, 0>);

const toneRules = tones
  .map(
    (tone) =>
      `svg .${tone}{fill:var(--${tone})}svg .line.${tone}{stroke:var(--${tone})}.legend .${tone}::before{background:var(--${tone})}`,
  )
  .join('\n');

/** The look of the report: one column, tabular digits, light and dark by the reader's setting, always light on paper. */
export const style = `
:root{color-scheme:light dark;${variables(light)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(dark)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:56rem;margin:0 auto;padding:3.5rem 1.5rem 4rem}
h1{font-size:2rem;line-height:1.2;letter-spacing:-.015em;margin:0 0 .4rem;font-weight:650}
h2{font-size:1.25rem;margin:0 0 .35rem;font-weight:650;letter-spacing:-.005em}
p{margin:.3rem 0}
section{margin-top:3.2rem;scroll-margin-top:1rem}
a{color:inherit}
a:focus-visible,.scroll:focus-visible{outline:2px solid var(--own);outline-offset:2px}
.term{text-decoration:none;border-bottom:1px dotted var(--muted)}
.term:hover{border-bottom-style:solid}
.lead{font-size:1.05rem;overflow-wrap:anywhere}
.note,footer{color:var(--muted);font-size:.88rem}
.note{max-width:46rem;margin-bottom:1rem}
.note.below{margin:.5rem 0 0}
nav ol{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;margin:1.4rem 0 0;padding:.7rem 0;border:solid var(--rule);border-width:1px 0;font-size:.88rem}
nav a{color:var(--own);text-decoration:none}
nav a:hover{text-decoration:underline}
.key{display:grid;grid-template-columns:repeat(4,1fr);gap:1px;margin:1.2rem 0 0;padding:1px}
.key div{box-shadow:0 0 0 1px var(--rule);padding:1rem 1.1rem}
.key dt{color:var(--muted);font-size:.82rem}
.key dd{margin:.1rem 0 0;font-size:1.55rem;line-height:1.25;font-weight:600;letter-spacing:-.01em}
.key .sub{display:block;color:var(--muted);font-size:.78rem;font-weight:400;letter-spacing:0;line-height:1.4}
.sentences{margin-top:1.2rem;max-width:46rem}
figure{margin:1.2rem 0 0}
figure+figure{margin-top:1.8rem}
figcaption{color:var(--muted);font-size:.78rem;margin-top:.3rem}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;margin:0 0 .4rem;font-size:.88rem}
.legend span::before{content:"";display:inline-block;width:1.1rem;height:.3rem;border-radius:2px;margin-right:.5rem;vertical-align:middle}
.legend .faint::before{opacity:.35;height:.7rem}
svg.chart{display:block;width:100%;height:auto;font-size:12px}
svg.narrow{display:none}
${toneRules}
svg .line{fill:none;stroke-linejoin:round}
svg .bold{font-weight:600}
.table{margin-top:1.8rem}
.pair .table{margin-top:.4rem}
.table+.pair{margin-top:1.8rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;font-weight:650;padding:0 0 .5rem}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th,td{padding:.48rem .7rem;border-bottom:1px solid var(--rule);text-align:right;white-space:nowrap}
th:first-child{text-align:left;padding-left:0}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--muted);font-weight:500;font-size:.82rem;vertical-align:bottom}
tbody th{font-weight:400;white-space:normal}
.symbols tbody th{font-weight:600;white-space:nowrap}
.words{text-align:left;white-space:normal}
.dense{font-size:.8rem}
.dense thead th{font-size:.75rem;white-space:normal}
.dense th,.dense td{padding:.34rem .3rem}
td small{display:block;color:var(--muted);font-size:.8rem}
.dense td small{font-size:.72rem}
.tint{background:color-mix(in srgb,var(--ground) calc(var(--strength)*100%),transparent)}
.gain.tint{--ground:var(--gain)}
.loss.tint{--ground:var(--loss)}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:2.5rem;align-items:start}
abbr{text-decoration:none;color:var(--muted);cursor:help}
.warnings{list-style:none;margin:.6rem 0 0;padding:.9rem 1.1rem;background:var(--warnSoft);border-left:3px solid var(--warn);border-radius:0 6px 6px 0;font-size:.92rem}
.warnings li+li{margin-top:.4rem}
code{font:.86em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--muted);overflow-wrap:anywhere}
.terms{columns:2;column-gap:2.5rem;margin:.8rem 0 0;font-size:.86rem}
.terms div{break-inside:avoid;padding:.35rem .5rem;margin:0 -.5rem;border-radius:4px}
.terms div:target{background:var(--warnSoft)}
.terms dt{font-weight:600}
.terms dd{margin:0;color:var(--muted);overflow-wrap:anywhere}
footer{margin-top:3.5rem;padding-top:1.2rem;border-top:1px solid var(--rule);overflow-wrap:anywhere}
footer strong{color:var(--ink)}
@media (max-width:640px){main{padding:2rem 1.1rem 3rem}h1{font-size:1.6rem}section{margin-top:2.4rem}.key{grid-template-columns:1fr 1fr}.key div{padding:.8rem .85rem}.key dd{font-size:1.3rem}.pair{grid-template-columns:minmax(0,1fr);gap:2rem}table{font-size:.86rem}.dense{font-size:.78rem}th,td{padding:.45rem .42rem}.terms{columns:1}svg.wide{display:none}svg.narrow{display:block}}
@media print{:root{color-scheme:light}@page{size:A4;margin:15mm}body{font-size:9.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}nav{display:none}section{margin-top:1.8rem}h2,.note,caption,.legend,.key{break-after:avoid}p{orphans:3;widows:3}.note,figure,tr,.key,.warnings,.table{break-inside:avoid}.note,.legend,.sentences{font-size:8.5pt}td small{font-size:7pt}.scroll{overflow:visible}table{font-size:8.5pt}.dense{font-size:7pt}.dense thead th{font-size:6.5pt}.term{border:0}svg.wide{display:block}svg.narrow{display:none}.key{grid-template-columns:repeat(4,1fr)}.pair{grid-template-columns:repeat(2,minmax(0,1fr))}}
`.trim();
