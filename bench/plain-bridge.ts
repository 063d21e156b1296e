/** Run by echonet-inf: what a plain script does to bring a datagram to MQTT. Arguments: UDP address and port, URL of the broker, topic. */

import { createSocket } from "node:dgram";
import { connectAsync } from "mqtt";

const [address = "", port = "", url = "", topic = ""] = process.argv.slice(2);
const client = await connectAsync(url);
const socket = createSocket("udp4");
socket.on("message", (octets) => client.publish(topic, String(octets.at(-1)), { qos: 1 }));
socket.bind(Number(port), address, () => process.stdout.write("ready\n"));
