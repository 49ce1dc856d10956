// Islands of script. Templates and script know of each other only the attributes in
// docs/explanation/web-face.md; everything can be read and every form sent without any of this.

import "./requests.js";
import "./menus.js";
import "./marks.js";
import "./keys.js";
import "./guard.js";
import "./drafts.js";
import "./fade.js";
import "./small.js";
import "./typed.js";
import "./offline.js";
import "./upload.js";
