/** Opens one address several times and reads what comes, until it is killed. */

const [address = "", count = "1"] = process.argv.slice(2);
await Promise.all(
  Array.from({ length: Number(count) }, async () => {
    const { body } = await fetch(address);
    for await (const _ of body ?? []);
  }),
);
