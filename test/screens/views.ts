/** The windows that the page is looked at through. */

import type { BrowserContextOptions } from "playwright";

export type View = "phone" | "tablet" | "desktop" | "terminal";

/** Width and height in CSS pixels, and how many dots of the picture each has. */
export const views: Readonly<Record<View, Pick<BrowserContextOptions, "viewport" | "deviceScaleFactor">>> = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
  tablet: { viewport: { width: 820, height: 1_180 }, deviceScaleFactor: 1 },
  desktop: { viewport: { width: 1_440, height: 900 }, deviceScaleFactor: 1 },
  terminal: { viewport: { width: 240, height: 320 }, deviceScaleFactor: 1.5 },
};
