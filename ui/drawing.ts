/** Everything that draws. It is fetched beside the first script, which listens meanwhile, and is read in a task of its own. */

import "./elements/gk-empty.ts";
import "./elements/gk-sheet.ts";
import "./elements/gk-tile.ts";
