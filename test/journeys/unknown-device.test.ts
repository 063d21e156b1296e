import { bothWays } from "./home.ts";
import { unknownDeviceJourney } from "./unknown-device-journey.ts";

// Headless: test/long/headless.test.ts.
for (const [how, args] of bothWays.slice(0, 1)) unknownDeviceJourney(how, args);
