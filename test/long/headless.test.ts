import { adapterPackagesJourney } from "../journeys/adapter-packages-journey.ts";
import { bothWays } from "../journeys/home.ts";
import { unknownDeviceJourney } from "../journeys/unknown-device-journey.ts";
import { unplugJourney } from "../journeys/unplug-journey.ts";

for (const [how, args] of bothWays.slice(1)) {
  unplugJourney(how, args);
  unknownDeviceJourney(how, args);
  adapterPackagesJourney(how, args);
}
