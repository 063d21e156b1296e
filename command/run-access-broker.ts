/** `genkan access-broker`: the provider's process. */

import { openAccessBroker } from "../access-broker/access-broker.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { collectYoung } from "../host/collect-young.ts";
import { systemHost } from "../host/system-host.ts";
import type { Arguments } from "./arguments.ts";
import { readBrokerSettings } from "./broker-settings.ts";
import { endAtSecondSignal, onReload, tellReady, untilStopped } from "./process-life.ts";
import { brokerFolder } from "./provider-of.ts";
import { lockState } from "./start-lock.ts";
import { publishCa } from "./subscriptions.ts";

export async function runAccessBroker(args: Arguments): Promise<void> {
  const accessBroker = readBrokerSettings(args.folder, args.overrides);
  const { cert: certificate, key } = args.values;
  if ((certificate === undefined) !== (key === undefined)) throw new HomeError("usage", "--cert and --key go together");
  const tls = certificate && key ? { ...accessBroker.tls, certificate, key } : accessBroker.tls;
  const settings = { ...accessBroker, tls };
  const folder = brokerFolder(args);
  using _lock = lockState(args.folder, args.language, "access-broker.pid");
  const stopping = untilStopped();
  const host = { ...systemHost(folder, args.isVerbose), collectYoung };
  await using broker = await openAccessBroker({ settings, host, folder });
  onReload(broker.reload);
  const ca = await publishCa(args);
  const { addresses } = broker;
  tellReady(args.isJson, { ...addresses, host: settings.host, ca }, Object.values(addresses).join("\n"));
  await stopping;
  endAtSecondSignal();
  await broker.drain();
}
