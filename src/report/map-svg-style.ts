/** Colours and strokes of the map. Each trust has a colour, a shape and a dash of its own. */

import { TRUSTS } from './words.js';

/** Colours in light and dark; text on paper has a contrast of at least 4.5 to 1. */
export const LIGHT =
  '--paper:#fff;--ink:#16202c;--soft:#4b5a69;--rule:#cfd8e1;--panel:#f4f7fa;--own:#3b5b8c;--covered:#0f6e5c;--uncovered:#b3261e;--unknown:#7a3e9d;--inner:#8fa1b3;--deidentified:#0b6aa8;--focus:#0b57d0;--mark:#fff3bf;--error:#b3261e;--warning:#8a5200;--note:#3b5b8c';
export const DARK =
  '--paper:#10161d;--ink:#e8eef5;--soft:#a9b7c6;--rule:#334252;--panel:#18212b;--own:#8fb3ea;--covered:#5ccfb5;--uncovered:#ff8a80;--unknown:#d3a4f0;--inner:#5f7286;--deidentified:#7cc4f5;--focus:#a8c7fa;--mark:#4d4319;--error:#ff8a80;--warning:#f0b86a;--note:#8fb3ea';

/** For the picture by itself: follows the reader's scheme, where the viewer knows one. */
export const STANDALONE_STYLE = `svg{${LIGHT};font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}@media(prefers-color-scheme:dark){svg{${DARK}}}`;

export const MAP_STYLE = [
  '.paper{fill:var(--paper)}',
  'text{fill:var(--ink);font-size:12px}',
  '.column{font-size:13px;font-weight:700;fill:var(--soft)}',
  '.heading{font-size:12px;font-weight:700;fill:var(--soft)}',
  '.name{font-weight:600}',
  '.service{fill:var(--ink)}',
  '.small{font-size:10.5px;fill:var(--soft)}',
  '.removes{font-size:11.5px;font-weight:700;fill:var(--deidentified)}',
  '.data{font-size:10.5px;font-weight:600}',
  '.under{fill:var(--paper)}',
  '.band{fill-opacity:.07;stroke-opacity:.35;stroke-width:1}',
  '.bar{fill:var(--inner)}',
  '.card{fill:var(--panel);stroke:var(--inner);stroke-width:1.2}',
  '.card.cleans{stroke:var(--deidentified);stroke-width:2.4}',
  '.edge path{fill:none}',
  '.edge .ribbon{stroke:var(--inner);stroke-opacity:.3}',
  '.edge .line{stroke:var(--inner);stroke-width:1.2;stroke-opacity:.6}',
  '.edge .grip{stroke:transparent}',
  ...TRUSTS.flatMap((trust) => [
    `.edge.${trust} .ribbon{stroke:var(--${trust})}`,
    `.edge.${trust} .line{stroke:var(--${trust});stroke-width:1.8;stroke-opacity:.9}`,
    `.bar.${trust},.mark.${trust}{fill:var(--${trust})}`,
    `.heading.${trust}{fill:var(--${trust})}`,
    `.band.${trust}{fill:var(--${trust});stroke:var(--${trust})}`,
  ]),
  '.edge.uncovered .line{stroke-dasharray:9 4}',
  '.edge.unknown .line{stroke-dasharray:2 3}',
  '.edge.deidentified .line{stroke-dasharray:7 3 1.5 3 1.5 3}',
  '.edge.cleaned .line{stroke-dasharray:14 3 2 3}',
  '.mark .sign{fill:none;stroke:var(--paper);stroke-width:1.8;stroke-linecap:round}',
].join('');
