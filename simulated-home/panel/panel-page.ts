/** The panel as HTML without script: a card for each device with its display and its buttons; it reloads by itself. */

import type { Texts } from "../../gateway-core/contract/descriptor.ts";
import type { DeviceView } from "../device-view.ts";

type Language = keyof Texts;

const words: Readonly<Record<"title" | "about", Texts>> = {
  title: { en: "Simulated home", ja: "模擬の家" },
  about: {
    en: "What the devices themselves show, and the buttons that came with them.",
    ja: "機器本体の表示と、付属のスイッチ・リモコンです。",
  },
};

export function panelPage(devices: readonly DeviceView[], language: Language): string {
  const title = escaped(words.title[language]);
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5">
<title>${title}</title>
<link rel="stylesheet" href="/panel.css">
<h1>${title}</h1>
<p>${escaped(words.about[language])}</p>
<main>
${devices.map((device) => card(device, language)).join("\n")}
</main>
</html>
`;
}

function card({ address, eoj, titles, display, buttons }: DeviceView, language: Language): string {
  const forms = buttons.map(({ titles: label, epc, edt }) => {
    const action = `/devices/${address}/${eoj}/${epc}`;
    return `<form method="post" action="${action}"><button name="edt" value="${edt}">${escaped(label[language])}</button></form>`;
  });
  return `<section>
<h2>${escaped(titles[language])}</h2>
<output>${escaped(display[language])}</output>
<div>${forms.join("")}</div>
<small>${address} · ${eoj}</small>
</section>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

export const panelStyle = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, "Hiragino Sans", "Noto Sans JP", sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: light-dark(#f4f5f7, #111417); color: light-dark(#1b1e22, #e7eaee); }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1rem; margin: 0; }
p, small { color: light-dark(#59636e, #a3aeba); margin: 0 0 1rem; }
main { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
section { background: light-dark(#fff, #1b2026); border: 1px solid light-dark(#d5d9de, #262c34); border-radius: 16px; padding: .75rem 1rem; }
output { display: block; font-size: 1.4rem; font-weight: 600; font-variant-numeric: tabular-nums; margin: .25rem 0 .75rem; }
div { display: flex; flex-wrap: wrap; gap: .5rem; margin-bottom: .75rem; }
button { font: inherit; min-height: 44px; min-width: 44px; padding: 0 .75rem; border: 1px solid light-dark(#79828c, #7c8792); border-radius: 10px; background: none; color: inherit; cursor: pointer; }
button:focus-visible { outline: 3px solid light-dark(#0b57d0, #8ab4f8); outline-offset: 2px; }
`;
