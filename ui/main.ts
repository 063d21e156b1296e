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
import "./elements/gk-home.ts";
import { installWorker } from "./install-worker.ts";

installWorker();
