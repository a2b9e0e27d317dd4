// @ts-check
// The map of items as a chart that can be touched: pointed at, zoomed, followed to a subject. Everything it draws stands in the page's
// own table. Without script, and until somebody asks for it, the drawn chart stands there alone; only then is the drawing script fetched.
(function () {
  const place = document.querySelector(".map[data-live]");
  const table = document.getElementById("map-table");
  if (!(place instanceof HTMLElement) || !(table instanceof HTMLTableElement)) return;
  const map = place, words = place.dataset;
  const drawn = map.querySelector("svg");
  const heads = [...table.tHead ? table.tHead.rows[0].cells : []].slice(1).map((cell) => plain(cell).replace(/ [↑↓]$/, ""));
  const rows = [...table.tBodies[0].rows].map((row) => {
    const link = row.cells[0].querySelector("a");
    return { name: plain(link || row.cells[0]), href: link ? link.href : "", cells: [...row.cells].slice(1).map(cellOf) };
  });
  const STEPS = 7, ROW = 28, FRAME = 110;
  /** @type {{ resize: () => void, dispose: () => void } | null} */
  let chart = null;
  let kind = "";

  const bar = document.createElement("p");
  bar.className = "actions no-print";
  const buttons = [["map", words.map], ["dots", words.dots], ["", words.close]].map(([name, text]) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button quiet";
    made.textContent = text || "";
    made.hidden = name === "";
    made.addEventListener("click", () => choose(name || ""));
    bar.append(made);
    return made;
  });
  const canvas = document.createElement("div");
  canvas.className = "live-chart";
  canvas.hidden = true;
  canvas.setAttribute("role", "img");
  const said = document.createElement("p");
  said.className = "small soft";
  said.setAttribute("role", "status");
  map.before(bar);
  map.append(canvas, said);

  /** @param {Element} element */
  function plain(element) {
    return (element.textContent || "").replace(/\s+/g, " ").trim();
  }

  /** @param {HTMLTableCellElement} cell */
  function cellOf(cell) {
    const part = cell.dataset.part;
    return { text: plain(cell), part: part === undefined ? null : Number(part) };
  }

  /** @param {string} name */
  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  /** @param {string} wanted */
  function choose(wanted) {
    kind = wanted;
    if (!kind) {
      show();
      return;
    }
    if (/** @type {any} */ (window).echarts) {
      show();
      return;
    }
    const script = document.createElement("script");
    script.src = words.script || "";
    script.addEventListener("load", show);
    script.addEventListener("error", () => { said.textContent = words.failed || ""; });
    document.head.append(script);
  }

  function show() {
    if (chart) chart.dispose();
    chart = null;
    canvas.hidden = !kind;
    buttons[2].hidden = !kind;
    if (drawn) drawn.classList.toggle("set-aside", Boolean(kind));
    if (!kind) return;
    canvas.style.blockSize = `${(kind === "map" ? rows : heads).length * (kind === "map" ? ROW : 2 * ROW) + FRAME}px`;
    canvas.setAttribute("aria-label", `${words.title || ""} ${(kind === "map" ? words.map : words.dots) || ""}`);
    const made = /** @type {any} */ (window).echarts.init(canvas, null, { renderer: "canvas" });
    made.setOption(kind === "map" ? asMap() : asDots());
    made.on("click", (/** @type {{ data: { href?: string } }} */ hit) => {
      if (hit.data.href) location.href = hit.data.href;
    });
    chart = made;
  }

  function common() {
    const text = { color: colour("--ink"), fontFamily: getComputedStyle(document.body).fontFamily };
    return {
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      textStyle: text,
      // As words in the canvas: as markup it would bring styles of its own into the page, which the page's policy refuses.
      tooltip: {
        renderMode: "richText", confine: true, backgroundColor: colour("--surface"), borderColor: colour("--line-strong"),
        textStyle: text, formatter: (/** @type {{ data: { told: string } }} */ hit) => hit.data.told,
      },
    };
  }

  /** @param {number} row @param {number} column */
  function told(row, column) {
    return `${rows[row].name}\n${heads[column]}：${rows[row].cells[column].text}`;
  }

  /**
   * What is made of every cell that has a number.
   * @param {(row: { href: string }, cell: { text: string, part: number }, at: number, column: number) => object} make
   */
  function everyCell(make) {
    /** @type {object[]} */
    const found = [];
    rows.forEach((row, at) => row.cells.forEach((cell, column) => {
      if (cell.part !== null) found.push(make(row, { text: cell.text, part: cell.part }, at, column));
    }));
    return found;
  }

  function asMap() {
    const low = Number(words.low), high = Number(words.high), span = high - low || 1;
    const room = map.clientWidth / (heads.length + 3);
    const data = everyCell((row, cell, y, x) => {
      const step = Math.min(STEPS, Math.max(1, 1 + Math.floor((high - cell.part) * STEPS / span)));
      // The same steps as in the drawn chart; what lies beyond the ends stands at them.
      const light = [1, 2, 6, 7].includes(step);
      return {
        value: [x, y, Math.min(high, Math.max(low, cell.part))], told: told(y, x), href: row.href,
        label: { show: room > 8 * cell.text.length, formatter: cell.text, color: colour(light ? "--surface" : "--ink") },
      };
    });
    const axis = { axisTick: { show: false }, axisLine: { show: false }, splitArea: { show: false } };
    return Object.assign(common(), {
      grid: { left: 8, right: 40, top: 8, bottom: 60, containLabel: true },
      xAxis: Object.assign({
        type: "category", data: heads, position: "top",
        axisLabel: { interval: 0, color: colour("--ink-soft"), width: room, overflow: "truncate" },
      }, axis),
      yAxis: Object.assign({
        type: "category", data: rows.map((row) => row.name), inverse: true,
        axisLabel: { color: colour("--ink"), width: Math.min(200, map.clientWidth * 0.3), overflow: "truncate" },
      }, axis),
      visualMap: {
        type: "piecewise", splitNumber: STEPS, show: false, min: low, max: high || 1, dimension: 2,
        inRange: { color: [7, 6, 5, 4, 3, 2, 1].map((step) => colour(`--grade-${step}`)) },
      },
      dataZoom: [
        { type: "slider", yAxisIndex: 0, right: 4, width: 16, filterMode: "none", showDetail: false, brushSelect: false },
        { type: "slider", xAxisIndex: 0, bottom: 12, height: 16, filterMode: "none", showDetail: false, brushSelect: false },
      ],
      series: [{
        type: "heatmap", data, itemStyle: { borderColor: colour("--surface"), borderWidth: 1 },
        emphasis: { itemStyle: { borderColor: colour("--ink"), borderWidth: 2 } },
      }],
    });
  }

  function asDots() {
    const data = everyCell((row, cell, at, column) => ({ value: [cell.part * 100, column], told: told(at, column), href: row.href }));
    return Object.assign(common(), {
      grid: { left: 8, right: 24, top: 8, bottom: 60, containLabel: true },
      xAxis: {
        type: "value", scale: true, axisLabel: { formatter: "{value}%", color: colour("--ink-soft") },
        splitLine: { lineStyle: { color: colour("--line") } },
      },
      yAxis: {
        type: "category", data: heads, inverse: true,
        axisLabel: { color: colour("--ink"), width: Math.min(200, map.clientWidth * 0.3), overflow: "truncate" },
      },
      dataZoom: [{ type: "slider", xAxisIndex: 0, bottom: 12, height: 16, filterMode: "none", showDetail: false, brushSelect: false }],
      series: [{
        type: "scatter", data, symbolSize: 12,
        itemStyle: { color: colour("--grade-3"), borderColor: colour("--ink"), borderWidth: 1, opacity: 0.8 },
        emphasis: { itemStyle: { color: colour("--accent") } },
      }],
    });
  }

  window.addEventListener("resize", () => { if (chart) chart.resize(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (kind) show(); });
}());
