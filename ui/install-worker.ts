/** Registers the page's service worker (contract/page-worker.ts) where the context is secure; elsewhere there is none, and nothing is missed. */

import { inNextTask } from "./next-task.ts";

/** TypeScript's own library knows trusted types not yet (W3C Trusted Types §2). */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(input: string): string },
  ): { createScriptURL(input: string): URL };
}
declare global {
  interface Window {
    readonly trustedTypes?: TrustedTypes;
  }
}

/** The one script that is ever registered. */
const file = "sw.js";

export function installWorker(): void {
  if (!window.isSecureContext || !("serviceWorker" in navigator)) return;
  const address = new URL(file, document.baseURI).href;
  const trusted = window.trustedTypes?.createPolicy("genkan", { createScriptURL: () => address });
  // After the first paint and the first news: it is of use next time only.
  const register = (): void => {
    navigator.serviceWorker.register(trusted?.createScriptURL("") ?? address).catch(() => undefined);
  };
  if (document.readyState === "complete") register();
  else window.addEventListener("load", () => inNextTask(register), { once: true });
}
