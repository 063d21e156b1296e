/** Whether what ECHONET Lite nodes send to everyone can be heard on each interface (specification, part II, 2.2). */

import { echonetGroup, echonetPort } from "../../gateway-core/gateway.ts";
import { listenToLan } from "../../host/lan-listener.ts";
import { type Check, findings } from "./finding.ts";

export const multicast: Check = async ({ args, addresses }) => {
  const { ok, warn, fail } = findings("multicast", args.language);
  if (addresses.length === 0) return warn("doctor-no-address");
  const how = { addresses, group: echonetGroup, port: echonetPort, onDatagram: () => undefined };
  await using listener = await listenToLan(how);
  const facts = {
    addresses: addresses.filter((address) => !listener.unjoined.has(address)).join(", "),
    unjoined: [...listener.unjoined].map(([address, reason]) => `${address} (${reason})`).join(", "),
    group: echonetGroup,
  };
  if (listener.unjoined.size === 0) return ok("doctor-multicast-good", facts);
  return fail("doctor-multicast-bad", facts, "doctor-multicast-hint");
};
