import { describe, expect, it } from "vitest";
import { actionBindingsOf, bindingsOf } from "../../gateway-core/echonet/echonet-binding.ts";
import { lampDescriptor } from "./lamp-descriptor.ts";

describe("what a descriptor says of this protocol", () => {
  const read = () => {
    const broken: string[] = [];
    const bindings = bindingsOf(lampDescriptor, (name, { code }) => broken.push(`${name} ${code}`));
    return { bindings, broken };
  };

  it("is every property that it carries, but not those of others, nor those that cannot be read", () => {
    const { bindings } = read();
    expect([...bindings.keys()]).toEqual(
      Object.keys(lampDescriptor.properties).filter((name) => name !== "elsewhere" && name !== "broken"),
    );
    expect(bindings.get("energy")).toMatchObject({ epc: 0xe0, codec: { coefficients: [0xe1] } });
    expect([...actionBindingsOf(lampDescriptor, () => undefined).keys()]).toEqual(["blink", "ring"]);
  });

  it("is read once, and what cannot be read is told to everyone who asks", () => {
    const [first, second] = [read(), read()];
    expect(second.bindings).toBe(first.bindings);
    expect([first.broken, second.broken]).toEqual([["broken descriptor-invalid"], ["broken descriptor-invalid"]]);
  });
});
