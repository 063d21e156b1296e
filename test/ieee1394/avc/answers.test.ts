import { describe, expect, it } from "vitest";
import { fromHex } from "../../../gateway-core/bytes/hex.ts";
import { isAnswer } from "../../../gateway-core/ieee1394/avc/answers.ts";
import { decodeAvcFrame } from "../../../gateway-core/ieee1394/avc/avc-frame.ts";
import { thrownBy } from "../thrown-by.ts";

const answers = (command: string, response: string): boolean =>
  isAnswer(decodeAvcFrame(fromHex(command)), decodeAvcFrame(fromHex(response)));

describe("An answer", () => {
  it.each([
    ["0020c375", "0920c375", "ACCEPTED to CONTROL"],
    ["0020c375", "0f20c375", "INTERIM to CONTROL"],
    ["0020c375", "0820c375", "NOT IMPLEMENTED to CONTROL"],
    ["0120d07f", "0c20c460", "a state by another opcode"],
    ["0120d07f", "0b20c460", "a state in transition"],
    ["0120d07f", "0820d07f", "NOT IMPLEMENTED by its own opcode"],
    ["0320d07f", "0f20c375", "INTERIM to NOTIFY, by another opcode"],
    ["0320d07f", "0d20c460", "CHANGED to NOTIFY"],
    ["0220c375", "0c20c375", "IMPLEMENTED to an inquiry"],
    ["0420c3", "0c20c3", "IMPLEMENTED to a general inquiry, which has no operands"],
    ["0420517100", "0c2051", "a general inquiry is answered by whatever operands"],
    ["01ff30ffffffffff", "0cff300748ffffff", "operands that only the answer has"],
    ["00487c4400", "09487c4400", "the operation of a pass through"],
    ["0148000019581000000102", "0c4800001958100000050201001958", "the company of a vendor dependent command"],
    ["0068ee01", "0968ee02", "whatever it says, to a command that no table knows"],
  ])("%s ← %s: %s", (command, response) => {
    expect(answers(command, response)).toBe(true);
  });

  it.each([
    ["0020c375", "0c20c375", "STABLE does not answer CONTROL"],
    ["0120d07f", "0920d07f", "ACCEPTED does not answer STATUS"],
    ["0320d07f", "0c20c460", "STABLE does not answer NOTIFY"],
    ["0220c375", "0920c375", "ACCEPTED does not answer an inquiry"],
    ["0020c375", "0921c375", "another subunit"],
    ["002501c375", "092502c375", "another extended subunit"],
    ["0020c375", "0920c460", "another opcode"],
    ["0020d07f", "0920c460", "a state, to what is no question"],
    ["0220d07f", "0c20c460", "a state, to an inquiry"],
    ["0120d07f", "0c20da60", "an opcode that tells no transport state"],
    ["0168ee7f", "0c68c460", "a state, to a command that no table knows"],
    ["00487c4400", "09487cc400", "the release of a button, to its press"],
    ["01480000195811000000", "0c48000012871100", "another company"],
    ["0120d07f", "0120d07f", "a command"],
    ["0c20c460", "0c20c460", "to a response"],
  ])("is not: %s ← %s: %s", (command, response) => {
    expect(answers(command, response)).toBe(false);
  });

  it("may have come in vain: what is no frame answers nothing", () => {
    expect(thrownBy(() => answers("0020c375", "09"))).toMatchObject({ code: "frame-malformed" });
  });
});
