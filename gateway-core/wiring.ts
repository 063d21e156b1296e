/** The one table of the joints between stations: on a running gateway the nodes of flows/whole-home.json make them; headless, `joinAll` does. */

import { HomeError } from "./contract/errors.ts";
import type { Joint, Station, StationName } from "./contract/station.ts";

/** The wires of a whole home; a house test holds flows/whole-home.json to this table. */
export const joints: readonly Joint[] = [
  { from: "discovery:echonet", to: "translation" },
  { from: "discovery:ieee1394", to: "translation" },
  { from: "discovery:av", to: "translation" },
  { from: "translation", to: "page" },
  { from: "translation", to: "local-broker" },
  { from: "page", to: "access-link" },
  // The topics of the home for remote MQTT.
  { from: "translation", to: "access-link" },
  // Which descriptors the house lacks, and what the provider answers.
  { from: "translation", output: 1, to: "access-link" },
  { from: "access-link", to: "translation" },
];

/** Headless: every station held and every joint made. Returns how to let go. */
export function joinAll({ stations }: { readonly stations: ReadonlyMap<StationName, Station> }): () => void {
  const station = (name: StationName): Station => {
    const found = stations.get(name);
    if (found === undefined) throw new HomeError("internal", `no station "${name}"`);
    return found;
  };
  // Adapters of other packages are not in the table: what they find leads where all that is found does.
  const found = [...stations.keys()].filter((name) => name.startsWith("discovery:"));
  const others = found.filter((name) => joints.every(({ from }) => from !== name));
  const all: readonly Joint[] = [...joints, ...others.map((from): Joint => ({ from, to: "translation" }))];
  const releases = all.map(({ from, output = 0, to }) =>
    station(from).onOutput((message, by) => by === output && station(to).receive(message)),
  );
  for (const { hold } of stations.values()) {
    const held = hold();
    releases.push(() => held.release());
  }
  return () => {
    for (const release of releases) release();
  };
}
