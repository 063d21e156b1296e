/**
 * The page's service worker (W3C Service Workers), as the text that a gateway and an access broker serve alike. It keeps
 * the page's own files, which are the same for everybody and never change under their names, and a page that says that
 * there is no connection. It keeps no page of a home, no value and no answer of the API, and lets everything else pass.
 */

/** Where it is served, at the root of the page. */
export const pageWorkerPath = "sw.js";

const texts = JSON.stringify({
  en: { title: "No connection", text: "This page comes back by itself.", again: "Try again" },
  ja: { title: "接続できません", text: "つながると、自動でこのページに戻ります。", again: "もう一度試す" },
});

const style = `:root{color-scheme:light dark}
body{margin:0;min-height:100dvh;display:grid;place-content:center;justify-items:center;gap:4px;padding:16px;text-align:center;
font:1rem/1.5 -apple-system,"Segoe UI",Roboto,"Hiragino Sans","Noto Sans JP","Noto Sans CJK JP",system-ui,sans-serif;
background:light-dark(#f4f5f7,#111417);color:light-dark(#1b1e22,#e7eaee)}
h1{margin:0;font-size:1.25rem}
p{margin:0;color:light-dark(#59636e,#a3aeba)}
a{margin-top:12px;padding:10px 20px;border-radius:22px;background:light-dark(#0b57d0,#8ab4f8);color:light-dark(#fff,#10233f);
font-weight:600;text-decoration:none}
a:focus-visible{outline:3px solid light-dark(#0b57d0,#8ab4f8);outline-offset:2px}`;

export const pageWorker: string = `"use strict";
const kept = "genkan-files";
const mostFiles = 32;
const root = new URL("./", location.href);
const texts = ${texts};
const style = ${JSON.stringify(style)};

addEventListener("install", (event) => {
  void skipWaiting();
  // A request of the API need not wait until a worker has been started that lets it pass.
  const urlPattern = \`\${root.pathname}api/*\`;
  if (event.addRoutes) event.waitUntil(event.addRoutes({ condition: { urlPattern }, source: "network" }).catch(() => {}));
});
addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([clients.claim(), registration.navigationPreload?.enable()]));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== root.origin || !url.pathname.startsWith(root.pathname)) return;
  const path = url.pathname.slice(root.pathname.length);
  if (request.mode === "navigate") {
    if (path === "logout" && request.method === "POST") event.waitUntil(caches.delete(kept));
    else if (request.method === "GET" && /^(?:devices\\/[a-z0-9-]+)?$/.test(path)) event.respondWith(page(event));
  } else if (request.method === "GET" && url.search === "" && /^assets\\/[\\w.-]+$/.test(path)) {
    event.respondWith(file(event));
  }
});

/** Always from where it is made: only what is said without a connection is the worker's. */
async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return offline();
  }
}

async function file(event) {
  const cache = await caches.open(kept);
  const known = await cache.match(event.request);
  if (known !== undefined) return known;
  const answer = await fetch(event.request);
  const isTheSame = /\\bpublic\\b/.test(told(answer)) && /\\bimmutable\\b/.test(told(answer));
  if (answer.ok && answer.type === "basic" && isTheSame) event.waitUntil(keep(cache, event.request, answer.clone()));
  return answer;
}

const told = (answer) => answer.headers.get("cache-control") ?? "";

/** The oldest are of a page that was built anew since. */
async function keep(cache, request, answer) {
  await cache.put(request, answer);
  const names = await cache.keys();
  await Promise.all(names.slice(0, Math.max(0, names.length - mostFiles)).map((name) => cache.delete(name)));
}

function offline() {
  const language = navigator.language.startsWith("ja") ? "ja" : "en";
  const { title, text, again } = texts[language];
  const nonce = crypto.randomUUID();
  const body = \`<!doctype html><html lang="\${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="refresh" content="15">
<title>\${title}</title><style nonce="\${nonce}">\${style}</style></head>
<body><h1>\${title}</h1><p>\${text}</p><a href="">\${again}</a></body></html>\`;
  const policy = \`default-src 'none'; style-src 'nonce-\${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\`;
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
  return new Response(body, { status: 503, headers });
}
`;

/** Of its answer: a browser asks anew each time it looks for a newer one. */
export const pageWorkerHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/javascript; charset=utf-8",
  "cache-control": "no-cache",
  "content-security-policy": "default-src 'none'; connect-src 'self'",
  "x-content-type-options": "nosniff",
};
