/** V8's collection of young objects, asked for by whoever knows that much outside its heap hangs on few objects within. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { readonly type: "minor" }) => void;

let collect: Collect | undefined;

/** Takes a fraction of a millisecond. Node gives the way to it only to contexts that are made while its flag is set. */
export function collectYoung(): void {
  collect ??= findCollect();
  collect({ type: "minor" });
}

function findCollect(): Collect {
  setFlagsFromString("--expose-gc");
  const found: unknown = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  return typeof found === "function" ? (options) => void found(options) : () => undefined;
}
