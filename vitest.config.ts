import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

/** Node-side tests resolve the repository's own sources unbuilt; journeys start the built command as a user does. */
export default defineConfig({
  test: {
    coverage: {
      provider: "v8",
      include: ["gateway-core/bytes/**", "gateway-core/echonet/*.ts"],
      reporter: ["text-summary"],
    },
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/journeys/**", "test/flows/**", "test/ui/**", "test/package/**"],
        },
      },
      {
        test: {
          name: "journey",
          environment: "node",
          include: ["test/journeys/**/*.test.ts", "test/flows/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
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
        test: {
          name: "browser",
          include: ["test/ui/**/*.test.ts"],
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
