import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

const codecs = [
  "gateway-core/bytes/*.ts",
  "gateway-core/echonet/{frame,eoj,service-code,property-map,instance-list,explain-frame,object-knowledge}.ts",
  "gateway-core/echonet/{capture-record,recorded-exchanges,property-map-codec,text-codec}.ts",
  "gateway-core/ieee1394/{avc,havi,iec61883}/*.ts",
  "gateway-core/ieee1394/{avc-value,bandwidth,config-rom,csr,plug,registers,socket-bus-message,table-json,value-checks}.ts",
  "gateway-core/ieee1394/linux/{cdev-event,cdev-struct,topology-map}.ts",
  "gateway-core/ieee1394/{explain,explain-config-rom,explain-csr,rom-blocks,rom-descriptor,rom-image,rom-text}.ts",
  "access-broker/outbound-proxy/{networks,target,proxy-rules,proxy-headers,proxy-credentials,pac}.ts",
  "access-broker/balancers/proxy-header.ts",
  "access-broker/challenge/{requirement,networks,ssh-key,ssh-signature}.ts",
  "gateway-core/echonet/{property-value,value-codec,structured-codec,number-codec,time-codec}.ts",
];

/** Node-side tests resolve the repository's own sources unbuilt; journeys start the built command as a user does. */
export default defineConfig({
  test: {
    // Codecs are pure, so every line and branch of theirs can be reached, and is.
    coverage: {
      provider: "v8",
      include: codecs,
      reporter: ["text-summary"],
      thresholds: { 100: true },
    },
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          include: ["test/**/*.test.ts"],
          exclude: [
            "test/journeys/**",
            "test/flows/**",
            "test/ui/**",
            "test/package/**",
            "test/long/**",
            "test/kernel/**",
          ],
          maxWorkers: "100%",
          // Files of one worker share what they import: it halves the processor time. Who replaces a thing puts it back.
          isolate: false,
          // A busy machine is slow, not wrong.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 15_000 } },
        },
      },
      {
        test: {
          name: "journey",
          environment: "node",
          include: ["test/journeys/**/*.test.ts", "test/flows/**/*.test.ts"],
          fileParallelism: false,
          // Real processes on a busy machine: what must hold is waited for, how fast it is stands in bench/.
          expect: { poll: { timeout: 15_000 } },
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: "long",
          environment: "node",
          include: ["test/long/**/*.test.ts"],
          fileParallelism: false,
          expect: { poll: { timeout: 15_000 } },
          testTimeout: 600_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: "kernel",
          environment: "node",
          include: ["test/kernel/**/*.test.ts"],
        },
      },
      {
        test: {
          name: "package",
          environment: "node",
          include: ["test/package/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      {
        // What only the player needs, which is fetched later: found then, it would have the page of a test loaded anew.
        optimizeDeps: { include: ["lit/directives/keyed.js"] },
        test: {
          name: "browser",
          include: ["test/ui/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] } }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
