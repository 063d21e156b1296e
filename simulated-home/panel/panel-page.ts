/** The panel as HTML without script: node by node, a card for each device with its display and its buttons; it reloads by itself. */

import type { Texts } from "../../gateway-core/contract/descriptor.ts";
import type { DeviceView } from "../device-view.ts";

type Language = keyof Texts;

const words = {
  title: { en: "Simulated home", ja: "模擬の家" },
  about: {
    en: "What the devices themselves show, and the buttons that came with them.",
    ja: "機器本体の表示と、付属のスイッチ・リモコンです。",
  },
  count: { en: "{nodes} nodes, {devices} devices", ja: "ノード {nodes} 台・機器 {devices} 台" },
  dead: { en: "does not answer", ja: "応答しません" },
} as const satisfies Readonly<Record<string, Texts>>;

/** A page of many devices reloads less often, so that one can read it. */
const calmFrom = 24;

export function panelPage(devices: readonly DeviceView[], language: Language): string {
  const title = escaped(words.title[language]);
  const nodes = [...Map.groupBy(devices, ({ address }) => address).values()];
  const count = words.count[language]
    .replace("{nodes}", String(nodes.length))
    .replace("{devices}", String(devices.length));
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="${devices.length < calmFrom ? 5 : 15}">
<title>${title}</title>
<link rel="stylesheet" href="/panel.css">
<h1>${title}</h1>
<p>${escaped(words.about[language])} ${escaped(count)}</p>
<main>
${nodes.map((node) => group(node, language)).join("\n")}
</main>
</html>
`;
}

/** The name under which a button leads back to its node. */
export function anchorOf(address: string): string {
  return `at-${address}`;
}

function group(devices: readonly DeviceView[], language: Language): string {
  const [{ node, address, isAlive } = { node: "", address: "", isAlive: true }] = devices;
  const dead = isAlive ? "" : ` <strong>${escaped(words.dead[language])}</strong>`;
  return `<section id="${escaped(anchorOf(address))}"${isAlive ? "" : ' class="dead"'}>
<h2>${escaped(node)} <small>${escaped(address)}</small>${dead}</h2>
<div>
${devices.map((device) => card(device, language)).join("\n")}
</div>
</section>`;
}

function card({ address, eoj, titles, display, buttons }: DeviceView, language: Language): string {
  const forms = buttons.map(({ titles: label, epc, edt }) => {
    const action = `/devices/${address}/${eoj}/${epc}`;
    return `<form method="post" action="${action}"><button name="edt" value="${edt}">${escaped(label[language])}</button></form>`;
  });
  return `<article>
<h3>${escaped(titles[language])} <small>${eoj}</small></h3>
<output>${escaped(display[language])}</output>
<div>${forms.join("")}</div>
</article>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

export const panelStyle = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, "Hiragino Sans", "Noto Sans JP", sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: light-dark(#f4f5f7, #111417); color: light-dark(#1b1e22, #e7eaee); }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: 0; }
p, small { color: light-dark(#59636e, #a3aeba); font-weight: 400; }
strong { color: light-dark(#b3261e, #f2b8b5); }
section { content-visibility: auto; contain-intrinsic-size: auto 12rem; scroll-margin-top: 1rem; }
section > div { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
article { background: light-dark(#fff, #1b2026); border: 1px solid light-dark(#d5d9de, #262c34); border-radius: 16px; padding: .75rem 1rem; }
.dead article { opacity: .55; }
output { display: block; font-size: 1.4rem; font-weight: 600; font-variant-numeric: tabular-nums; margin: .25rem 0 .75rem; }
article > div { display: flex; flex-wrap: wrap; gap: .5rem; }
button { font: inherit; min-height: 44px; min-width: 44px; padding: 0 .75rem; border: 1px solid light-dark(#79828c, #7c8792); border-radius: 10px; background: none; color: inherit; cursor: pointer; }
button:focus-visible { outline: 3px solid light-dark(#0b57d0, #8ab4f8); outline-offset: 2px; }
`;
