import { bothWays } from "./home.ts";
import { unplugJourney } from "./unplug-journey.ts";

// Headless: test/long/headless.test.ts.
for (const [how, args] of bothWays.slice(0, 1)) unplugJourney(how, args);
