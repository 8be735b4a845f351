/** The style sheet of the pages: screen, narrow screen, dark, print. */
import { DARK, LIGHT, MAP_STYLE } from './map-svg-style.js';
import { TRUSTS } from './words.js';

const SCREEN = `
*{box-sizing:border-box}
html{color-scheme:light dark}
body{margin:0 auto;max-width:1320px;padding:14px 20px 40px;background:var(--paper);color:var(--ink);font:14px/1.4 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{font-size:22px;margin:0;line-height:1.2}
h2{font-size:17px;margin:26px 0 6px}
h3,.answer h2{font-size:13px;margin:0 0 3px;color:var(--soft);font-weight:600}
p{margin:0 0 6px}
a{color:var(--focus)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.soft,.about{color:var(--soft)}
.about{max-width:90ch}
header{display:flex;flex-wrap:wrap;gap:4px 24px;align-items:baseline;justify-content:space-between;border-bottom:2px solid var(--ink);padding-bottom:8px}
p.warning{margin:8px 0 0;padding:4px 12px;border:2px solid var(--uncovered);border-radius:6px}
.counts{display:flex;flex-wrap:wrap;gap:8px;list-style:none;margin:12px 0 0;padding:0}
.counts li{flex:1 1 180px;display:flex;gap:10px;align-items:center;border:1px solid var(--rule);border-left:6px solid var(--inner);border-radius:6px;padding:6px 12px;background:var(--panel)}
.counts b{font-size:24px;line-height:1;font-variant-numeric:tabular-nums}
.counts span{line-height:1.25}
.counts svg{flex:none}
.answers{display:grid;grid-template-columns:repeat(3,1fr);gap:10px;margin:10px 0 0}
.answer{border:1px solid var(--rule);border-radius:6px;padding:9px 12px;break-inside:avoid}
.answer p{margin:0;font-size:13px;overflow-wrap:anywhere}
.answer .short{font-weight:700;font-size:15px;margin-bottom:2px}
.bad .short{color:var(--uncovered)}.good .short{color:var(--covered)}.open .short{color:var(--unknown)}
.controls{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;margin:8px 0}
.controls[hidden]{display:none}
.boxes{display:flex;flex-wrap:wrap;gap:4px 12px}
.controls select{max-width:190px}
.controls label{display:inline-flex;gap:5px;align-items:center}
input[type=search],select,button{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--soft);border-radius:5px;padding:5px 9px;min-height:32px}
input[type=search]{width:250px;max-width:100%}
input[type=checkbox]{width:17px;height:17px;accent-color:var(--focus)}
button{cursor:pointer}
button[aria-pressed=true]{background:var(--ink);color:var(--paper)}
.scroll{overflow-x:auto}
.paper-map,.narrow{display:none}
.narrow ul{list-style:none;margin:0 0 8px;padding:0}.narrow li{margin:4px 0}.narrow button{width:100%;text-align:left}.narrow h3{display:flex;gap:6px;align-items:center;margin-top:8px}
svg.map{display:block;width:100%;height:auto;min-width:860px}
.map-page [data-part]{cursor:pointer}
.map-page [data-part]:focus{outline:none}
.map-page [data-part]:focus-visible .bar,.map-page [data-part]:focus-visible .card{stroke:var(--focus);stroke-width:4}
.map-page .edge:focus-visible .ribbon,.map-page .edge:hover .ribbon{stroke-opacity:.6}
.map-page .edge:focus-visible .grip{stroke:var(--focus);stroke-opacity:.45}
.tracing .edge:not(.lit){opacity:.18}
.off{opacity:.1}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;margin:6px 0 0;padding:0;list-style:none;font-size:12.5px;color:var(--soft)}
.legend li{display:flex;gap:6px;align-items:center}
table{border-collapse:collapse;width:100%;font-size:12.5px;margin-top:6px}
th,td{text-align:left;vertical-align:top;padding:4px 8px;border-bottom:1px solid var(--rule);overflow-wrap:break-word}
td.loose{overflow-wrap:anywhere;min-width:9em}
td.loose:last-child{min-width:14em}
th{background:var(--panel);position:sticky;top:0}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
td.date{white-space:nowrap;font-variant-numeric:tabular-nums}
tbody th{background:none;position:static;font-weight:600}
.tag{display:inline-block;border:1.5px solid;border-radius:4px;padding:0 5px;font-size:12px;font-weight:600;white-space:nowrap;color:var(--soft)}
${TRUSTS.map((t) => `.tag.${t}{color:var(--${t})}.counts li.${t}{border-left-color:var(--${t})}`).join('')}
.tag.uncovered{border-style:dashed}.tag.unknown{border-style:dotted}.tag.deidentified{border-style:double;border-width:3px}
.tag.long{white-space:normal}
.tag.failed{color:var(--uncovered)}.tag.proved,.tag.attested{color:var(--covered)}.tag.partly{color:var(--unknown)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:12px}
dialog{width:min(1000px,calc(100vw - 24px));max-height:calc(100vh - 40px);overflow:auto;border:1px solid var(--soft);border-radius:8px;padding:0 18px 18px;background:var(--paper);color:var(--ink)}
dialog::backdrop{background:rgb(0 0 0/.5)}
.dialog-head{display:flex;gap:12px;justify-content:space-between;align-items:flex-start;position:sticky;top:0;background:var(--paper);padding:12px 0 8px;z-index:1}
.dialog-head h2{margin:0;font-size:16px;overflow-wrap:anywhere}
.flow{border:1px solid var(--rule);border-radius:6px;margin:6px 0;padding:2px 10px}
.flow summary{cursor:pointer;padding:5px 0;overflow-wrap:anywhere}
.head{font-weight:600}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;margin:4px 0 10px;font-size:13px}
.facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}
.path{margin:0;padding-left:26px}
.path li{margin-bottom:8px}
.path p{margin:1px 0;font-size:13px;overflow-wrap:anywhere}
.kind{font-size:12px;font-weight:700;color:var(--soft)}
.source>.kind,.sink>.kind{color:var(--ink)}
.path pre{margin:3px 0 0;padding:5px 8px;background:var(--panel);border:1px solid var(--rule);border-radius:4px;overflow-x:auto}
pre .number{color:var(--soft);user-select:none}
pre .number{margin-right:10px}
mark.code{background:var(--mark);color:inherit}
.where code{overflow-wrap:anywhere}
${(['error', 'warning', 'note'] as const).map((t) => `.tag.${t},.finding.${t} .tag{color:var(--${t})}.counts li.${t}{border-left-color:var(--${t})}`).join('')}
.tag.warning{border-style:dashed}.tag.note{border-style:dotted}
.appendix{content-visibility:auto;contain-intrinsic-size:auto 600px}
.lead{font-size:15px;margin:12px 0 4px;max-width:110ch}
.lead,.message,.head{overflow-wrap:anywhere}.finding .message{margin:4px 0 8px;max-width:110ch}.finding h3{margin-top:6px}
footer{margin-top:28px;border-top:1px solid var(--rule);padding-top:8px;color:var(--soft);font-size:12.5px}
@media(max-width:900px){.answers{grid-template-columns:1fr 1fr}}
@media(max-width:620px){body{padding:10px 12px 30px}h1{font-size:19px}.answers{grid-template-columns:1fr}.counts li{flex:1 1 140px;padding:5px 9px}.counts b{font-size:20px}.facts{grid-template-columns:1fr}.facts dd{margin-bottom:4px}input[type=search]{width:100%}th{position:static}.narrow{display:block}.hint{display:none}}
`;

/** One landscape page with the answers and the map, then the tables. */
const PRINT = `
@page{size:landscape;margin:9mm}
@media print{
html{color-scheme:light}
:root{${LIGHT}}
body{max-width:none;padding:0;font-size:8.5pt;line-height:1.25;print-color-adjust:exact;-webkit-print-color-adjust:exact}
h1{font-size:13pt}header{height:8mm;overflow:hidden;padding-bottom:1mm;border-bottom-width:1px}
.controls,.screen,dialog,.hint{display:none!important}
.counts{margin-top:1.5mm;gap:1.5mm}.counts li{padding:.3mm 2mm}.counts b{font-size:11pt}.counts br{display:none}.counts .soft{white-space:nowrap}
.answers{grid-template-columns:repeat(3,1fr);gap:1.5mm;margin-top:1.5mm}
.answer{padding:1mm 2mm}.answer h2{font-size:7.5pt;margin:0}.answer p.short{font-size:8pt;margin:0}.answer p{font-size:7pt;line-height:1.17}
p.warning{margin:1mm 0 0;padding:.3mm 2mm;border-width:1px;font-size:7.5pt}
.first{height:calc(100vh - 9mm);display:flex;flex-direction:column;overflow:hidden}.first>*{flex:none}.first>.drawing{flex:1 1 0;min-height:0;display:flex;flex-direction:column}
.drawing h2{display:none}
.scroll{overflow:visible}
.paper-map{display:block;flex:1 1 0;min-height:0}.scroll>svg.map,.narrow{display:none!important}
.paper-map>svg.map{width:100%;height:100%;min-width:0;margin-top:1.5mm}
.legend{font-size:7pt;gap:0 4mm;margin-top:1mm}
.appendix{break-before:page;content-visibility:visible}
.appendix~.appendix{break-before:auto}
.appendix h2{font-size:11pt;margin:5mm 0 1mm}.appendix h2,.appendix .about,thead{break-after:avoid}tbody tr:first-child{break-before:avoid}
table{font-size:7.5pt}.tag{font-size:7pt;border-width:1px}th{position:static}tr,.path li{break-inside:avoid}.finding summary{break-after:avoid}
.flow{padding:0 2mm;margin:1mm 0}.lead{font-size:9pt;margin:1.5mm 0}.facts{font-size:7.5pt;margin:.5mm 0 1mm;gap:0 3mm}.path p,.finding .message{font-size:7.5pt;margin:.5mm 0;max-width:none}.path li{margin-bottom:1mm}code,pre{font-size:6.5pt}pre{white-space:pre-wrap}
thead{display:table-header-group}
a{color:inherit;text-decoration:none}
}
`;

export const PAGE_STYLE =
  `:root{${LIGHT}}@media(prefers-color-scheme:dark){:root{${DARK}}}${SCREEN}${MAP_STYLE}${PRINT}`.replace(/\n/g, '');
