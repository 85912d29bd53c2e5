// The player: steps through a trace, lights what belongs together, follows changed inputs.
// It reads what the page says (data-of, data-mg) and the page's own script (mgTapes); without it the page is whole.
(() => {
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const make = (tag, attributes, ...content) => {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...content);
  return element;
};
// a text in pieces, those with signs of variables in the formulas' letters
const lettered = text => text.split(/(\S*[^\0-\xff]\S*)/).map((part, place) => place % 2 ? make("span", { class: "mg-sign" }, part) : part);
const token = (tag, text) => {
  const element = document.createElementNS("http://www.w3.org/1998/Math/MathML", tag);
  element.textContent = text;
  return element;
};
const strip = text => text.replace(/\[[\d,]*\]/g, "");
const reduced = matchMedia("(prefers-reduced-motion: reduce)");
const ICONS = {
  First: "M3 3v10M13 3 6 8l7 5z", Back: "M11 3 4 8l7 5z", Play: "M5 2l9 6-9 6z",
  Pause: "M5 3v10M11 3v10", Next: "M5 3l7 5-7 5z", Last: "M13 3v10M3 3l7 5-7 5z",
};
let timers = [], lit = [];

// ---- numbers as the page writes them

const trimmed = digits => digits.replace(/(\.\d*?)0+(?=e|$)/, "$1").replace(/\.(?=e|$)/, "");
const shown = (value, format = "") => {
  if (!isFinite(value)) return "—";
  const size = Math.abs(value), places = +format.slice(1, -1), kind = format.slice(-1);
  const [digits, power] = (kind == "f" ? size.toFixed(places) : kind == "e" ? size.toExponential(places)
    : kind == "g" ? trimmed(size && +size.toPrecision(places || 1) < 1e-4 ? size.toExponential((places || 1) - 1) : size.toPrecision(places || 1))
    : !size ? "0" : size < 1e-3 || size >= 1e7 ? trimmed(size.toExponential(4)) : size.toFixed(4)).split("e");
  return (value < 0 && /[1-9]/.test(digits) ? "−" : "") + digits
    + (power ? "×10" + power.replace("+", "").replace(/./g, c => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]) : "");
};
// the text node with the sign before a number, if one stands there
const signBefore = (element, body) => {
  const label = element.closest("text");
  if (label) {
    const first = label.firstChild;
    return first && first.nodeType == 3 && /[=≈]/.test(first.data) && label != element ? first : null;
  }
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  walker.currentNode = element.closest(".mg-array") || element;
  let before;
  do before = walker.previousNode(); while (before && !before.data.trim());
  return before && /[=≈]\s*$/.test(before.data) ? before : null;
};

// ---- pointing: everything about the same node or link is lit together

const keyOf = (block, path) => {
  const [node, quantity, other] = strip(path).split(".");
  return block + "." + (quantity == "d" ? other + ".from." + node : quantity == "from" ? `${node}.from.${other}`
    : node == "jacobian" ? other : path == "value" ? "y" : node);
};
const light = element => {
  const named = element?.closest?.("[data-of]");
  for (const one of lit) one.classList.remove("mg-lit");
  lit = named ? all("[data-of]").filter(one => canonical(one.dataset.of) == canonical(named.dataset.of)) : [];
  for (const one of lit) one.classList.add("mg-lit");
};
let rowKeys = new Set();
// the only link of a node has no row of its own: it is one with the node
const canonical = key => rowKeys.size && !rowKeys.has(key) ? key.replace(/\.from\..*/, "") : key;

// One tab stop for each table, figure and the text of each block; arrows move inside.
const rove = (elements, keys) => {
  elements.forEach((element, place) => {
    element.setAttribute("tabindex", place ? -1 : 0);
    element.addEventListener("keydown", event => {
      const way = keys[event.key], next = elements[place + way];
      if (event.target != element || !way) return;
      event.preventDefault();
      event.stopPropagation();
      if (!next) return;
      element.setAttribute("tabindex", -1);
      next.setAttribute("tabindex", 0);
      next.focus();
    });
  });
};
const UP_DOWN = { ArrowUp: -1, ArrowDown: 1 };
const ANY = { ...UP_DOWN, ArrowLeft: -1, ArrowRight: 1 };

// the signs of the trace in its formulas and in those of the text around it
const markSigns = (block, trace, article) => {
  const signs = new Map();
  for (const row of all("tbody tr[data-of]", trace)) for (const head of all("th", row)) {
    const math = head.querySelector("math");
    let value = head;
    while (value && !value.matches(".mg-v")) value = value.nextElementSibling;
    const found = value ? all("[data-mg]", value) : [];
    if (math && !signs.has(math.innerHTML))
      signs.set(math.innerHTML, [row.dataset.of, found.length == 1 ? found[0].dataset.mg : ""]);
  }
  const mark = root => all("msub, mi, mover", root).filter(element => {
    const found = signs.get(element.outerHTML);
    if (!found || element.closest("[data-path]") || (/^m(sub|over)$/.test(element.parentNode.localName)
      && element == element.parentNode.firstElementChild)) return false;
    element.dataset.of = found[0];
    element.dataset.path = found[1];
    return true;
  });
  mark(trace);
  // text belongs to the last block before it under the same heading, else to the first after it
  let owner, waiting = [], marked = [];
  for (const element of all("h1, h2, h3, h4, .mg-block, math, .mg-n", article)) {
    if (/^h\d/i.test(element.localName)) owner = null, waiting = [];
    else if (element.matches(".mg-block")) {
      if (element.dataset.mgBlock == block && !owner) marked.push(...waiting);
      owner = element.dataset.mgBlock;
      waiting = [];
    } else if (!element.closest(".mg-view, .mg-numbers, .mg-how, .mg-n .mg-n")) {
      const own = element.matches(".mg-n") && element.dataset.mg.split(".")[0] == block;
      if (own || element.localName == "math" && (!owner || owner == block))
        (own || owner ? marked : waiting).push(element);
    }
  }
  return marked.flatMap(element => {
    if (element.localName == "math") return mark(element);
    const path = element.dataset.mg.slice(block.length + 1);
    element.dataset.of = keyOf(block, path);
    return [element];
  });
};

// ---- stepping

const playerOf = (block, data, article, trace, graphs) => {
  const rows = of => all(`tr[data-of="${block}.${of}"]`, trace);
  const drawn = of => graphs.flatMap(graph => all(`g[data-of="${block}.${of}"]`, graph));
  const left = row => [...row.children].slice(0, 4);
  const right = row => [...row.children].slice([...row.children].findIndex(cell => cell.matches(".mg-b")));
  const into = of => graphs.flatMap(graph => all(`.mg-link[data-of*=".from.${of}"]`, graph)).filter(
    link => link.dataset.of.replace(/\.p\d$/, "").endsWith(".from." + of));
  const steps = data.s.map(([path, text, tail = "", seed]) => {
    const [node, quantity] = path.split(".");
    const value = quantity == "value", link = quantity == "from", own = link ? rows(path) : [];
    const cells = own.length ? right(own[0]) : rows(node).flatMap(value ? left : right);
    const about = [...drawn(link ? path : node), ...(seed ? drawn(seed) : [])];
    return {
      text, tail, cells,
      number: own.length ? own[0].querySelector("td:last-child") : (cells.filter(c => c.matches(".mg-v")).pop()),
      row: own[0] || rows(node).pop(),
      now: [...about, ...(link ? drawn(node) : [])],
      there: value ? [...about, ...into(node)] : [],
      back: value ? [] : link && own.length ? about : [...about, ...drawn(node)],
    };
  });
  const last = steps.length - 1, bars = [];
  let at = -1, timer = 0, speaker = 0;
  const dimmed = new Set(steps.flatMap(step => step.cells));
  const figures = new Set(steps.flatMap(step => [...step.there, ...step.back]));
  const sentence = () => {
    if (at < 0) return `${steps.length} steps, forward and then backward.`;
    const { text, tail, number } = steps[at];
    return `${text} ${number ? number.textContent.trim().replace(/\s+/g, " ") : ""}${tail}`;
  };
  const draw = () => {
    const reached = steps.slice(0, at + 1), step = steps[at];
    for (const root of [trace, ...graphs]) root.classList.toggle("mg-stepping", at >= 0);
    const cells = new Set(reached.flatMap(s => s.cells)), there = new Set(reached.flatMap(s => s.there));
    const back = new Set(reached.flatMap(s => s.back));
    for (const cell of dimmed) {
      cell.classList.toggle("mg-later", at >= 0 && !cells.has(cell));
      cell.classList.toggle("mg-now", !!step && step.cells.includes(cell));
    }
    for (const part of figures) {
      part.classList.toggle("mg-there", there.has(part));
      part.classList.toggle("mg-back", back.has(part));
      part.classList.toggle("mg-now", !!step && step.now.includes(part));
    }
    for (const row of all("tr[aria-current]", trace)) row.removeAttribute("aria-current");
    if (step && step.row) step.row.setAttribute("aria-current", "step");
    bars.forEach((bar, place) => {
      bar.count.textContent = at < 0 ? "" : `${at + 1} / ${steps.length}`;
      bar.said.setAttribute("aria-live", place == speaker ? "polite" : "off");
      bar.said.replaceChildren(...lettered(sentence()));
      bar.back.setAttribute("aria-disabled", at < 0);
      bar.next.setAttribute("aria-disabled", at == last);
      bar.play.setAttribute("aria-label", timer ? "Pause" : "Play");
      bar.play.firstChild.firstChild.setAttribute("d", ICONS[timer ? "Pause" : "Play"]);
    });
    // a wide figure scrolls inside itself; the page never moves
    const seen = step && step.now[0];
    for (const graph of graphs) {
      if (!seen || !graph.contains(seen) || graph.scrollWidth <= graph.clientWidth) continue;
      const box = seen.getBoundingClientRect(), frame = graph.getBoundingClientRect();
      graph.scrollBy({ left: box.left + box.width / 2 - frame.left - frame.width / 2, behavior: reduced.matches ? "auto" : "smooth" });
    }
  };
  const go = to => {
    at = Math.max(-1, Math.min(last, to));
    if (at == last && timer) stop();
    draw();
    player.moved(at);
  };
  const stop = () => { clearInterval(timer); timer = 0; };
  const play = () => {
    if (timer) return stop(), draw();
    timer = setInterval(() => document.contains(trace) ? go(at + 1) : stop(), 1600);
    timers.push(timer);
    go(at == last ? 0 : at + 1);
  };
  const hand = to => { stop(); go(to); };
  const acts = {
    First: () => hand(0), Back: () => hand(at - 1), Play: play, Next: () => hand(at + 1), Last: () => hand(last),
  };
  const keys = {
    ArrowRight: acts.Next, ArrowDown: acts.Next, ArrowLeft: acts.Back, ArrowUp: acts.Back,
    Home: acts.First, End: acts.Last, " ": play, Escape: () => hand(-1),
  };
  const onKey = event => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    if (event.key == " " && event.target.closest("button, summary, a")) return;
    event.preventDefault();
    keys[event.key]();
  };
  const bar = room => {
    const parts = {}, buttons = Object.keys(acts).map(name => {
      const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const path = icon.appendChild(document.createElementNS(icon.namespaceURI, "path"));
      icon.setAttribute("viewBox", "0 0 16 16");
      icon.setAttribute("aria-hidden", "true");
      path.setAttribute("d", ICONS[name]);
      const button = make("button", { type: "button", "aria-label": name, "data-mg-do": name.toLowerCase() }, icon);
      button.addEventListener("click", () => { speaker = bars.indexOf(parts); acts[name](); });
      return parts[name.toLowerCase()] = button;
    });
    parts.count = make("span", { class: "mg-count" });
    parts.said = make("p", { class: "mg-said", role: "status", "aria-atomic": "true" });
    room.setAttribute("role", "group");
    room.setAttribute("aria-label", `Step through ${block}`);
    room.replaceChildren(...buttons, parts.count, parts.said);
    for (const part of [room, room.previousElementSibling]) {
      part.addEventListener("keydown", onKey);
      part.addEventListener("focusin", () => speaker = bars.indexOf(parts));
    }
    bars.push(parts);
  };
  const player = { go, follow: () => at < 0 || draw(), moved() {} };
  all(`[data-mg-player="${block}"]`, article).forEach(bar);
  draw();
  return player;
};

// ---- inputs

const inputsOf = (block, data, article, views, player, query) => {
  const given = data.i.map(input => input[2]), now = [...given];
  const paths = data.n.split(" ").map(names => names.split("|"));
  // every number by its path; where one is not finite the evaluation stops, as the engine's does
  const run = inputs => {
    const values = data.t(...inputs), stop = values.findIndex(value => !isFinite(value)), found = {};
    paths.forEach((names, place) => names.forEach(name => found[name] = stop >= 0 && place >= stop ? NaN : values[place]));
    data.i.forEach(([name], place) => found[name + ".value"] = inputs[place]);
    return [found, stop];
  };
  const [first] = run(given);
  const numbers = all(`[data-mg^="${block}."]`, article).map(element => {
    const path = element.dataset.mg.slice(block.length + 1);
    return { element, path, nodes: [...element.childNodes], sign: signBefore(element, article) };
  });
  const signs = new Map(numbers.filter(n => n.sign).map(n => [n.sign, n.sign.data]));
  const derived = all(".mg-trace tbody tr", article).filter(row => row.dataset.of.startsWith(block + ".")).flatMap(row => {
    const cells = [...row.children], b = cells.findIndex(cell => cell.matches(".mg-b"));
    return [b ? [1, 2] : [], [b + 2, b + 3], [b + 1, b + 3]].flatMap(([from, to]) => {
      const source = cells[from]?.querySelector("math"), math = cells[to]?.querySelector("math");
      return source && math ? [{ source, math, cell: cells[to], own: [...math.childNodes] }] : [];
    });
  }).filter((one, place, list) => list.findIndex(other => other.cell == one.cell) == place);
  const label = (name, text) => make("label", { for: `${block}-${name}` }, ...lettered(text));
  const fields = data.i.map(([name, text, value, low, high, step], place) => {
    const range = make("input", { type: "range", min: low, max: high, step, value, "aria-label": text + ", slider" });
    const number = make("input", { type: "number", step: "any", value, id: `${block}-${name}` });
    for (const field of [range, number]) field.addEventListener("input", () => {
      if (field.value === "" || !isFinite(field.value)) return;
      now[place] = +field.value;
      (field == range ? number : range).value = field.value;
      later();
    });
    return { range, number, row: make("div", { class: "mg-input" }, label(name, text), range, number) };
  });
  const state = make("p", { class: "mg-state", role: "status" });
  const reset = make("button", { type: "button", "data-mg-do": "reset" }, "Back to the page’s numbers");
  const link = make("a", { href: "" }, "Link to this point");
  const ways = make("div", { class: "mg-ways" }, reset, link);
  const room = article.querySelector(`[data-mg-inputs="${block}"]`);
  if (!room) return; // the page shows no view of this block that could follow
  room.setAttribute("role", "group");
  room.setAttribute("aria-label", "Change the inputs");
  room.firstChild.replaceChildren(...fields.map(field => field.row));
  room.append(state, ways);
  // numbers that follow no tape, such as a descent's, stay those of the page and say so
  const stale = views.filter(view => /\.(descent|work)$/.test(view.dataset.mgView)).map(view => {
    const note = make("p", { class: "mg-state", hidden: "" }, "Drawn at the page’s own inputs.");
    view.after(note);
    return note;
  });
  let frame = 0, writing = 0;
  const later = () => frame ||= requestAnimationFrame(() => { frame = 0; update(); });
  // a text in the place of another: the elements stay, and where nothing differs so does the layout
  const retold = (element, text) => { if (element.firstChild.data != text) element.firstChild.data = text; };
  const put = (one, text) => {
    const { element } = one;
    if (element.namespaceURI.endsWith("MathML")) {
      const ahead = element.previousElementSibling;
      text = /^−/.test(text) && ahead && !/[=≈(,]/.test(ahead.textContent) ? `(${text})` : text;
      if (one.live) retold(one.live, text);
      else element.replaceChildren(one.live = token("mn", text));
    } else if (one.live) retold(element, text);
    else one.live = element.textContent = text;
  };
  // a derivation's formula with a number in each variable's place
  const placed = one => {
    const copy = one.source.cloneNode(true);
    const parts = all("[data-path]", copy).filter(part => part.dataset.path.slice(block.length + 1) in first).map(part => {
      let ahead = part.previousElementSibling;
      if (ahead?.localName == "mspace") ahead = ahead.previousElementSibling;
      const number = token("mn", " "), inside = part.parentNode.localName;
      if (/^m(row|ath|td)$/.test(inside)) {
        if (/^m[nisr]/.test(ahead?.localName)) part.before(token("mo", "⋅"));
      } else ahead = inside == "msup" && !ahead && part;
      part.replaceWith(number);
      return { path: part.dataset.path.slice(block.length + 1), number, apart: ahead && !/^[(=]$/.test(ahead.textContent) };
    });
    one.live = [...copy.childNodes];
    return parts;
  };
  const update = () => {
    const moved = now.some((value, place) => value !== given[place]);
    const [current, stop] = run(now);
    const changed = path => path in current && !Object.is(current[path], first[path]);
    const write = (path, format) => {
      const value = current[path];
      if (data.i.some(([name]) => name + ".value" == path) && !format && Number(value.toFixed(4)) == value && Math.abs(value) < 1e7)
        return ["=", String(value).replace("-", "−")];
      return [isFinite(value) ? "≈" : " ", shown(value, format)];
    };
    // the page is touched only where something differs from what stands there
    const wanted = new Map(signs);
    let count = 0;
    for (const one of numbers) {
      const { element, path, nodes, sign } = one, differs = moved && changed(path);
      element.classList.toggle("mg-re", differs);
      const [relation, text] = differs ? write(path, element.dataset.mgFormat) : [];
      if (differs && sign) wanted.set(sign, signs.get(sign).replace(/[=≈](?=[^=≈]*$)/, relation));
      count += differs;
      if (text !== one.text) {
        if (text !== undefined) put(one, text);
        else { element.replaceChildren(...nodes); one.live = 0; }
      }
      one.text = text;
    }
    for (const [sign, text] of wanted) if (sign.data != text) sign.data = text;
    for (const one of derived) {
      const parts = one.parts ||= placed(one), differs = moved && parts.some(part => changed(part.path));
      const state = !differs ? one.own : parts.every(part => isFinite(current[part.path] ?? 0)) ? one.live : [];
      for (const { path, number, apart } of state == one.live ? parts : []) {
        const text = trimmed(write(path)[1]);
        retold(number, apart && /^−|×/.test(text) ? `(${text})` : text);
      }
      if (state == (one.state || one.own)) continue;
      one.state = state;
      one.math.replaceChildren(...state);
      one.math.classList.toggle("mg-re", differs);
      const relation = one.cell.querySelector(".mg-rel");
      if (relation) relation.textContent = !differs ? "=" : state.length ? "≈" : "";
    }
    const point = data.i.map(([, text], place) => `${text} = ${String(now[place]).replace("-", "−")}`).join(", ");
    state.textContent = !moved ? "Change an input: every number that this block computes follows." : stop < 0
      ? `${count} numbers on this page, underlined with dots, were recomputed in your browser at ${point}.`
      : `No result at ${point}: ${Object.keys(data.w).find(text => data.w[text].includes(stop)) || "a number is too large"}. A dash stands for what cannot be computed.`;
    state.classList.toggle("mg-error", stop >= 0);
    ways.style.visibility = moved ? "" : "hidden";
    for (const note of stale) note.hidden = !moved;
    for (const view of views) {
      view.classList.toggle("mg-moved", moved);
      const drawing = view.querySelector("svg[role]");
      if (drawing) drawing[moved ? "removeAttribute" : "setAttribute"]("aria-describedby", view.id + "-desc");
    }
    player?.follow();
    clearTimeout(writing);
    writing = setTimeout(save, 120);
  };
  const save = () => query(url => {
    data.i.forEach(([name], place) => {
      const key = `${block}.${name}`;
      if (now[place] === given[place]) url.searchParams.delete(key);
      else url.searchParams.set(key, now[place]);
    });
    link.href = url;
  });
  const set = values => {
    values.forEach((value, place) => {
      now[place] = value;
      fields[place].range.value = fields[place].number.value = value;
    });
    update();
  };
  reset.addEventListener("click", () => { set(given); fields[0].number.focus(); });
  const asked = data.i.map(([name, , value]) => {
    const text = new URL(location).searchParams.get(`${block}.${name}`);
    return text === null || text.trim() === "" || !isFinite(text) ? value : +text;
  });
  set(asked);
};

// ---- the page

const queryOf = page => change => {
  const url = new URL(location);
  // on the way to another page the address changes first
  if (url.pathname != page) return;
  change(url);
  if (url.href != location.href) history.replaceState(history.state, "", url);
};
const enhance = tapes => {
  const query = queryOf(location.pathname);
  for (const element of all(".mg-block")) {
    const block = element.dataset.mgBlock, data = tapes[block];
    const article = element.closest("article, main") || document.body;
    const views = all(`[data-mg-view^="${block}."]`, article);
    if (!data || element.dataset.mgReady || !views.length) continue;
    element.dataset.mgReady = "";
    const trace = views.find(view => view.matches(".mg-trace"));
    const graphs = views.filter(view => view.matches(".mg-graph"));
    for (const row of all("tr[data-of]", trace || element)) rowKeys.add(row.dataset.of);
    for (const graph of graphs) {
      graph.querySelector("svg").setAttribute("role", "group");
      rove(all("g[data-of]", graph), UP_DOWN);
    }
    let player;
    if (trace) {
      rove(all("tbody tr[data-of]", trace), UP_DOWN);
      rove(markSigns(block, trace, article), ANY);
      if (data.s) player = playerOf(block, data, article, trace, graphs);
    }
    if (data.t) inputsOf(block, data, article, views, player, query);
    if (!player) continue;
    const key = block + ".step", step = new URL(location).searchParams.get(key);
    if (/^\d+$/.test(step)) player.go(step - 1);
    player.moved = at => query(url => at < 0 ? url.searchParams.delete(key) : url.searchParams.set(key, at + 1));
  }
};
const start = () => {
  timers.forEach(clearInterval);
  timers = [];
  lit = [];
  rowKeys = new Set();
  const holder = document.querySelector("[data-mg-tape]");
  if (!holder) return;
  const key = holder.dataset.mgTape, known = () => self.mgTapes && mgTapes[key];
  if (known()) return enhance(known());
  const script = make("script", { src: holder.dataset.mgSrc });
  script.addEventListener("load", () => known() && enhance(known()));
  document.head.append(script);
};
for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, event => light(event.target));
for (const kind of ["pointerleave", "focusout"]) document.documentElement.addEventListener(kind, () => light());
if (self.document$) document$.subscribe(start);
else if (document.readyState == "loading") document.addEventListener("DOMContentLoaded", start);
else start();
})();
