/** The look of the report: one column, tabular digits, light and dark by the reader's setting, always light on paper. */
export const reportStyle = `
:root{color-scheme:light dark;--paper:#fff;--ink:#16202c;--muted:#5b6776;--rule:#dfe4ea;--soft:#f5f7f9;--own:#12507b;--market:#b3671a;--loss:#a8323a;--positive:#c8741f;--negative:#1f6fb2;--warn:#8a5a00;--warn-soft:#fdf6e6}
@media (prefers-color-scheme:dark){:root{--paper:#11161c;--ink:#e4e9ef;--muted:#98a4b3;--rule:#2b343f;--soft:#19212a;--own:#6db3e8;--market:#e2a25c;--loss:#ec8087;--positive:#d98a3d;--negative:#4b9bdf;--warn:#e8bd6a;--warn-soft:#2a2416}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:56rem;margin:0 auto;padding:3.5rem 1.5rem 4rem}
h1{font-size:2rem;line-height:1.2;letter-spacing:-.015em;margin:0 0 .4rem;font-weight:650}
h2{font-size:1.2rem;margin:0 0 .35rem;font-weight:650;letter-spacing:-.005em}
h3{font-size:.95rem;margin:0 0 .5rem;font-weight:650}
p{margin:.3rem 0}
section{margin-top:3rem}
.lead{font-size:1.05rem;overflow-wrap:anywhere}
.note,figcaption,footer{color:var(--muted);font-size:.88rem}
.note{max-width:44rem;margin-bottom:1rem}
.key{display:grid;grid-template-columns:repeat(4,1fr);gap:1px;margin:2.2rem 0 0;padding:1px}
.key div{box-shadow:0 0 0 1px var(--rule);padding:1rem 1.1rem}
.key dt{color:var(--muted);font-size:.82rem}
.key dd{margin:.1rem 0 0;font-size:1.55rem;line-height:1.25;font-weight:600;letter-spacing:-.01em}
.key .sub{display:block;color:var(--muted);font-size:.78rem;font-weight:400;letter-spacing:0;line-height:1.4}
figure{margin:1rem 0 0}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;margin:0 0 .4rem;font-size:.88rem;color:var(--ink)}
.legend span::before{content:"";display:inline-block;width:1.1rem;height:.25rem;border-radius:2px;margin-right:.5rem;vertical-align:middle;background:var(--own)}
.legend .market::before,.legend .second::before{background:var(--market)}
svg{display:block}
svg.chart{width:100%;height:auto}
svg.narrow{display:none}
svg text{fill:var(--muted);font-size:12px}
svg .name{fill:var(--ink);font-weight:600}
svg .grid{stroke:var(--rule)}
svg .axis,svg .tick{stroke:var(--muted)}
svg .line{fill:none;stroke:var(--own);stroke-width:2;stroke-linejoin:round}
svg .line.market{stroke:var(--market);stroke-width:1.5}
svg .line.loss{stroke:var(--loss);stroke-width:1.5}
svg .area{fill:var(--loss);fill-opacity:.16}
svg .first{fill:var(--own)}
svg .second{fill:var(--market)}
svg .cell{fill:var(--positive);fill-opacity:var(--strength);stroke:var(--rule)}
svg .cell.negative{fill:var(--negative)}
svg .cell.unknown{fill:none}
svg .value{fill:var(--ink)}
svg.heat text{font-size:11.5px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;font-weight:650;padding:0 0 .5rem}
th,td{padding:.48rem .7rem;border-bottom:1px solid var(--rule);text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left;padding-left:0}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--muted);font-weight:500;font-size:.82rem;vertical-align:bottom}
tbody th{font-weight:400;white-space:normal}
.symbols tbody th{font-weight:600;white-space:nowrap}
th.text,td.text{text-align:left;white-space:normal}
td small{display:block;color:var(--muted);font-size:.8rem}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:2.5rem;align-items:start}
figure+.scroll{margin-top:1.8rem}
abbr{text-decoration:none;color:var(--muted)}
.warnings{list-style:none;margin:.6rem 0 0;padding:.9rem 1.1rem;background:var(--warn-soft);border-left:3px solid var(--warn);border-radius:0 6px 6px 0;font-size:.92rem}
.warnings li+li{margin-top:.4rem}
code{font:.86em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--muted);overflow-wrap:anywhere}
.terms{columns:2;column-gap:2.5rem;margin:.8rem 0 0;font-size:.86rem}
.terms div{break-inside:avoid;padding:.35rem 0}
.terms dt{font-weight:600}
.terms dd{margin:0;color:var(--muted);overflow-wrap:anywhere}
footer{margin-top:3.5rem;padding-top:1.2rem;border-top:1px solid var(--rule);overflow-wrap:anywhere}
footer strong{color:var(--ink)}
@media (max-width:640px){main{padding:2rem 1.1rem 3rem}h1{font-size:1.6rem}section{margin-top:2.4rem}.key{grid-template-columns:1fr 1fr}.key div{padding:.8rem .85rem}.key dd{font-size:1.3rem}.pair{grid-template-columns:minmax(0,1fr);gap:2rem}table{font-size:.86rem}th,td{padding:.45rem .42rem}.terms{columns:1}svg.wide{display:none}svg.narrow{display:block}}
@media print{:root{color-scheme:light;--paper:#fff;--ink:#16202c;--muted:#4d5866;--rule:#d3d9e0;--soft:#f5f7f9;--own:#12507b;--market:#b3671a;--loss:#a8323a;--positive:#c8741f;--negative:#1f6fb2;--warn:#8a5a00;--warn-soft:#fdf6e6}@page{margin:16mm}body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}section{margin-top:1.8rem}h2,h2+.note{break-after:avoid}figure,tr,.key,.warnings{break-inside:avoid}.scroll{overflow:visible}svg.heat{max-width:100%;height:auto}}
`.trim();
