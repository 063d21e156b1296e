/** The page in the browser: takes over what the gateway printed, and keeps it true. */

import "./theme.css";
import "./elements/gk-home.ts";
