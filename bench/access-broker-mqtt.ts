/** What remote MQTT passes on, beside mosquitto and aedes as it ships: from the home's control link to its visitors, with isolation and rights on. */

import { quantile } from "./figures.ts";
import { hasMosquitto, type Kind, load, startBroker, streamsOf } from "./mqtt-brokers.ts";
import type { Measured } from "./mqtt-load.ts";
import { printTable, type Row } from "./table.ts";

const rounds = 3;
const times = { warmUpMs: 1_000, measuredMs: 2_500 };
const kinds: readonly Kind[] = hasMosquitto ? ["genkan", "mosquitto", "aedes"] : ["genkan", "aedes"];

/** Each broker in turn (A B C A B C …), each time a new process; the median of the rounds. */
async function measure(homes: number, listeners: number, underWay: number): Promise<ReadonlyMap<Kind, Measured>> {
  const all = new Map<Kind, Measured[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round++) {
    for (const kind of kinds) {
      await using broker = await startBroker(kind);
      const { pid } = broker;
      all.get(kind)?.push(await load({ streams: streamsOf(broker, homes, listeners), pid, underWay, ...times }));
    }
  }
  const middle = (list: readonly Measured[], of: (one: Measured) => number): number => quantile(list.map(of));
  return new Map(
    [...all].map(([kind, list]) => [
      kind,
      {
        deliveriesPerSecond: middle(list, (one) => one.deliveriesPerSecond),
        cpuUsPerDelivery: middle(list, (one) => one.cpuUsPerDelivery),
      },
    ]),
  );
}

function rowsOf(
  what: string,
  measured: ReadonlyMap<Kind, Measured>,
  goals: { ratio: number; perSecond: number },
): Row[] {
  const [own, mosquitto, aedes] = [measured.get("genkan"), measured.get("mosquitto"), measured.get("aedes")];
  if (own === undefined || aedes === undefined) throw new Error("nothing was measured");
  const rate = { what, value: own.deliveriesPerSecond / 1_000, unit: "k/s" };
  const cost = { value: own.cpuUsPerDelivery, unit: "µs" };
  const beside: Row[] =
    mosquitto === undefined
      ? []
      : [
          {
            ...rate,
            what: `${what}, beside mosquitto`,
            baseline: mosquitto.deliveriesPerSecond / 1_000,
            goal: { of: "ratio", atLeast: goals.ratio },
          },
          { ...cost, what: "… processor time of a delivery, beside mosquitto", baseline: mosquitto.cpuUsPerDelivery },
        ];
  return [
    { ...rate, goal: { atLeast: goals.perSecond } },
    ...beside,
    { ...rate, what: `${what}, beside aedes`, baseline: aedes.deliveriesPerSecond / 1_000 },
    { ...cost, what: "… processor time of a delivery, beside aedes", baseline: aedes.cpuUsPerDelivery },
  ];
}

const one = await measure(4, 1, 250);
const many = await measure(1, 100, 100);
printTable("access-broker-mqtt", `Median of ${rounds} rounds of ${times.measuredMs / 1_000} s, interleaved.`, [
  ...rowsOf("QoS 0, a home to its visitor, 4 homes", one, { ratio: 1.3, perSecond: 70 }),
  ...rowsOf("QoS 0, a home to 100 visitors", many, { ratio: 2, perSecond: 150 }),
]);
