import { adapterPackagesJourney } from "./adapter-packages-journey.ts";

adapterPackagesJourney("in Node-RED", ["--editor"]);
