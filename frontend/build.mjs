// Makes what the browser gets, in the folder that is named: node build.mjs OUTPUT.
// Started by build.py, which installs the packages, and puts what was made in its place.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import postcss from "postcss";

const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGES = join(HERE, "node_modules");
const OUTPUT = process.argv[2];
const TARGET = ["es2022", "chrome111", "firefox115", "safari16.4"];

// What a reading of the whole alphabet needs, as [package, script or scripts, styles].
const FONTS = [
  ["noto-sans", ["latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek"], ["normal", "italic"]],
  ["noto-sans-georgian", ["georgian"], ["normal"]],
  ["noto-sans-armenian", ["armenian"], ["normal"]],
  ["noto-sans-arabic", ["arabic"], ["normal"]],
  ["noto-sans-mono", ["latin", "cyrillic"], ["normal"]],
];

// Parts of Tabler that no page of ours has; its own name for each begins a class.
const LEFT_OUT = new RegExp(
  "\\.(navbar|carousel|offcanvas|chat|calendar|vc|datepicker|apexcharts|sparkline|signature|ribbon|tracking|" +
    "strength|figure|rating|stars|accordion|pricing|demo|settings|flag|payment|pattern|form-colorinput|form-imagecheck|popover|" +
    "tooltip|bs-tooltip|bs-popover|theme-|switch-icon|sortable|segmented|legend|" +
    "(btn|bg|text|border|status|badge|steps|progress|ribbon|link)-(x|facebook|twitter|linkedin|google|youtube|vimeo|" +
    "dribbble|github|instagram|pinterest|vk|rss|flickr|bitbucket|tabler)\\b)",
);

/** Stop with one sentence. */
function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** Write one made file, below OUTPUT. */
function write(name, content) {
  mkdirSync(dirname(join(OUTPUT, name)), { recursive: true });
  writeFileSync(join(OUTPUT, name), content);
}

/** Take out of Tabler's style sheet what no page has. */
function prune(root) {
  root.walkRules((rule) => {
    const kept = rule.selectors.filter((selector) => !LEFT_OUT.test(selector));
    if (kept.length === 0) rule.remove();
    else if (kept.length < rule.selectors.length) rule.selectors = kept;
  });
  root.walkAtRules(/^(media|supports|layer)$/, (at) => at.nodes?.length === 0 && at.remove());
}

/** Repeat what holds in the dark for pages that leave it to the system. */
function followSystem(root) {
  const dark = /\[data-bs-theme=["']?dark["']?\]/g;
  root.walkRules((rule) => {
    const selectors = rule.selectors.filter((selector) => selector.match(dark));
    if (selectors.length === 0 || rule.parent.followsSystem) return;
    const media = postcss.atRule({ name: "media", params: "screen and (prefers-color-scheme: dark)" });
    media.followsSystem = true;
    media.append(rule.clone({ selectors: selectors.map((one) => one.replace(dark, "[data-bs-theme=auto]")) }));
    rule.after(media);
  });
}

/** Turn the pictures that a style sheet carries in itself into files: the policy allows no data: address. */
function unpackPictures(root) {
  root.walkDecls((declaration) => {
    declaration.value = declaration.value.replace(
      /url\((["'])data:image\/svg\+xml,(.*?)\1\)/gs,
      (_, quote, text) => {
        const svg = decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, "%25"));
        const name = `img/${createHash("sha256").update(svg).digest("hex").slice(0, 12)}.svg`;
        write(name, svg);
        return `url(${name})`;
      },
    );
  });
}

/** Return the style sheet of the fonts, and copy them. All scripts are one family; the browser loads what it shows. */
function fonts() {
  const rules = [];
  for (const [name, scripts, styles] of FONTS) {
    const folder = join(PACKAGES, "@fontsource-variable", name);
    for (const style of styles) {
      const sheet = postcss.parse(readFileSync(join(folder, style === "italic" ? "wght-italic.css" : "wght.css"), "utf8"));
      sheet.walkAtRules("font-face", (face) => {
        const value = (property) => face.nodes.find((node) => node.prop === property)?.value ?? "";
        const file = value("src").match(/files\/([\w-]+\.woff2)/)?.[1] ?? stop(`${name} has no woff2`);
        const script = file.slice(name.length + 1, file.indexOf("-wght-"));
        if (!scripts.includes(script)) return;
        write(`fonts/${file}`, readFileSync(join(folder, "files", file)));
        rules.push(
          `@font-face{font-family:"${name === "noto-sans-mono" ? "House Mono" : "House Sans"}";font-style:${style};` +
            `font-weight:100 900;font-display:swap;src:url(fonts/${file}) format("woff2");` +
            `unicode-range:${value("unicode-range")}}`,
        );
      });
    }
  }
  return rules.join("\n");
}

/** Bundle the style sheets, and rework the outcome. */
async function styles() {
  const reworking = {
    name: "reworking",
    setup(build) {
      build.onResolve({ filter: /^(fonts|img)\// }, (found) => ({ path: found.path, external: true }));
      build.onLoad({ filter: /tabler\.css$/ }, (found) => {
        const root = postcss.parse(readFileSync(found.path, "utf8"));
        root.walkComments((comment) => comment.remove());
        prune(root);
        unpackPictures(root);
        return { contents: root.toString(), loader: "css" };
      });
    },
  };
  const bundled = await esbuild.build({
    absWorkingDir: HERE,
    entryPoints: ["css/app.css"],
    bundle: true,
    write: false,
    target: TARGET,
    plugins: [reworking],
    logLevel: "warning",
  });
  const root = postcss.parse(bundled.outputFiles[0].text);
  followSystem(root);
  const small = await esbuild.transform(root.toString(), { loader: "css", minify: true, target: TARGET });
  const sheet = fonts() + small.code;
  const strange = sheet.match(/url\(["']?(?!fonts\/|img\/)[^)]*\)|@import[^;]*/);
  if (strange) stop(`app.css would load ${strange[0].slice(0, 80)}: it may load only what lies beside it.`);
  write("app.css", sheet);
}

/** Bundle the script. It keeps nothing in the browser: htmx finds no storage to keep its history in. */
async function script() {
  const bundled = await esbuild.build({
    absWorkingDir: HERE,
    entryPoints: ["js/app.js"],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    target: TARGET,
    legalComments: "none",
    define: { sessionStorage: "undefined", localStorage: "undefined" },
    logLevel: "warning",
  });
  write("app.js", bundled.outputFiles[0].text);
}

/** Make one file of symbols out of the icons that icons.txt names. */
function icons() {
  const symbols = [];
  for (const line of readFileSync(join(HERE, "icons.txt"), "utf8").split("\n")) {
    const [name, icon = name] = line.replace(/#.*/, "").split("=").map((word) => word.trim());
    if (!name) continue;
    const filled = icon.startsWith("filled/");
    const path = join(PACKAGES, "@tabler/icons/icons", filled ? `${icon}.svg` : `outline/${icon}.svg`);
    if (!existsSync(path)) stop(`icons.txt names ${icon}, and @tabler/icons has no such icon.`);
    const drawn = readFileSync(path, "utf8").replace(/^[^]*?<svg[^>]*>|<\/svg>[^]*$/g, "").replace(/<path stroke="none"[^>]*\/>/, "");
    const paint = filled ? 'fill="currentColor"' : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${drawn.replace(/\s+/g, " ").trim()}</symbol>`);
  }
  write("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
}

/** Write whose work is in what was made, and under which terms. */
function licences() {
  const wanted = Object.keys(JSON.parse(readFileSync(join(HERE, "package.json"), "utf8")).dependencies);
  const parts = wanted.map((name) => {
    const folder = join(PACKAGES, name);
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
    const terms = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${about.license}`;
    return `${name} ${about.version} (${about.license})\n\n${terms}\n`;
  });
  write("licences.txt", parts.join(`\n${"-".repeat(72)}\n\n`));
}

if (!OUTPUT) stop("Say where to: node build.mjs OUTPUT.");
await styles();
await script();
icons();
licences();
for (const name of readdirSync(join(HERE, "img"))) write(name, readFileSync(join(HERE, "img", name)));
