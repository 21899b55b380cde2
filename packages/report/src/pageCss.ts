import { paletteCss } from "./palette.ts";

/** The look of a page: readable on a phone, in the dark, and on paper. */
export const pageCss = `
:root{color-scheme:light dark;--paper:#ffffff;--ink:#1b2127;--faint:#59636e;--line:#d5dae0;--wash:#f4f6f8;--kept:#116b3c;--broken:#a8202f;--undecided:#7a5200;${paletteCss.light}}
@media (prefers-color-scheme:dark){:root{--paper:#12161b;--ink:#e6eaef;--faint:#a3adb8;--line:#343c45;--wash:#1b2129;--kept:#5fd3a3;--broken:#ff8a94;--undecided:#e8b64c;${paletteCss.dark}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:1320px;padding:16px;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25;margin:.3em 0}
h2{font-size:1.25rem;line-height:1.3;margin:2em 0 .5em;padding-top:.5em;border-top:1px solid var(--line)}
nav ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:4px 16px}
a{color:var(--series-1)}
.headline{font-size:1.2rem;font-weight:600;margin:.4em 0}
.facts{margin:.4em 0 1em;padding-left:1.2em;max-width:90ch}
.notice{border-left:4px solid var(--undecided);background:var(--wash);padding:8px 12px;margin:.6em 0}
.kept{color:var(--kept)}.broken{color:var(--broken)}.undecided{color:var(--undecided)}
figure{margin:1.2em 0 1.8em}
figcaption{color:var(--faint);font-size:.875rem;max-width:100ch}
figcaption.figure-title{color:var(--ink);font-size:1rem;font-weight:600;margin-bottom:.3em}
.panels{margin:.6em 0}
svg{max-width:100%;height:auto;--plot-background:var(--paper)}
.table{overflow-x:auto;margin:.8em 0;max-width:100%}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:4px 0}
th,td{text-align:left;vertical-align:top;padding:5px 14px 5px 0;border-bottom:1px solid var(--line);overflow-wrap:normal;max-width:60ch}
th[scope=row]{font-weight:500;overflow-wrap:anywhere;min-width:7em}
td.short{white-space:nowrap}
thead th{color:var(--faint);font-weight:600}
small{color:var(--faint)}
code,pre{font:.85rem/1.45 ui-monospace,monospace}
code{overflow-wrap:anywhere}
pre{overflow-x:auto;background:var(--wash);padding:10px;margin:.4em 0}
details summary{cursor:pointer;font-size:.875rem;color:var(--faint)}
footer{margin-top:2em;color:var(--faint);font-size:.875rem}
.figures,.tables,.pair{display:grid;gap:0 28px;align-items:start}
.figures,.tables{grid-template-columns:repeat(auto-fill,minmax(min(360px,100%),1fr))}
.pair{grid-template-columns:repeat(auto-fit,minmax(min(480px,100%),1fr))}
.pair>*{min-width:0}
.figures figure{margin-bottom:1em;min-width:0}
.workload .panel-name{display:none}
@media (max-width:640px){
table.wide,table.wide caption,table.wide tbody,table.wide tr,table.wide th[scope=row],table.wide td{display:block;max-width:none}
table.wide thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.wide tr{border:1px solid var(--line);border-radius:6px;padding:4px 10px;margin:8px 0}
table.wide th[scope=row]{font-weight:600;border:0}
table.wide td{display:grid;grid-template-columns:10.5em 1fr;gap:8px;border:0;padding:2px 0}
table.wide td::before{content:attr(data-label);color:var(--faint)}
table.wide td>span{min-width:0;overflow-wrap:anywhere}
}
@media print{body{max-width:none;padding:0;font-size:11pt}nav,details{display:none}figure,tr,.panel{break-inside:avoid}h2{break-after:avoid}.table{overflow:visible}}
`;
