/** Has a deck play and reads its stream through the adapter until it is killed; says when the first frame has come. */

import { createIeee1394Adapter } from "../../gateway-core/ieee1394/ieee1394-adapter.ts";
import { systemClock } from "../../host/system-host.ts";

const [bus = "", guid = ""] = process.argv.slice(2);
const nothing = () => undefined;
const host = {
  clock: systemClock,
  ids: { fresh: () => "id", fraction: () => 0.5 },
  log: { write: nothing },
  memory: { read: nothing, write: nothing },
};
const { signal } = new AbortController();
const descriptor = {
  properties: {},
  actions: { play: { "gk:bind": { avc: { control: "c375" } } } },
};
const session = await createIeee1394Adapter().open({ bus }, host, signal);
for await (const { ref } of session.discover({ signal, active: false })) {
  if (!ref.id.includes(guid)) continue;
  const source = await session.stream(ref, descriptor, { signal });
  await session.invoke(ref, descriptor, "play", null, { signal });
  let frames = 0;
  for await (const octets of source.octets) {
    if (frames++ === 0) process.stdout.write(`${octets.length}\n`);
  }
}
