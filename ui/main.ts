/** The page in the browser: takes over what the gateway printed, and keeps it true. */

import "./theme.css";
import "./styles/base.css";
import "./styles/page.css";
import "./styles/tile.css";
import "./styles/controls.css";
import "./styles/deck.css";
import "./styles/slider.css";
import "./styles/setup.css";
import "./styles/sheet.css";
import "./styles/history.css";
import "./styles/recordings.css";
import "./styles/player.css";
import { GkHome } from "./elements/gk-home.ts";
import { installWorker } from "./install-worker.ts";
import { inNextTask } from "./next-task.ts";

// The task that ends the reading of the page is long enough on a slow telephone.
inNextTask(() => customElements.define("gk-home", GkHome));
installWorker();
