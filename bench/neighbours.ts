/** Run by benches: nodes with one light each on 127.0.1.1 and up, until they are killed, as a power cut does it. Arguments: how many, and "mute" for such as tell what they have and answer nothing else. */

import { plugIntoUdp } from "../test/echonet/udp-node.ts";
import { FakeNode } from "../test/fakes/fake-echonet-node.ts";

const [, , count, isMute] = process.argv;
for (let index = 1; index <= Number(count); index++) {
  const light = { edts: { "0x80": "30", "0x88": "42", "0xb0": "32" }, settable: [0x80, 0xb0], announced: [0x80] };
  const node = new FakeNode(`127.0.1.${index}`, { 167937: light });
  if (isMute === "mute") {
    const receive = node.receive.bind(node);
    node.receive = (frame) => frame.properties.some(({ epc }) => epc === 0xd6) && receive(frame);
  }
  await plugIntoUdp(node);
  node.start();
}
process.stdout.write("ready\n");
