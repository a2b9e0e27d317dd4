// @ts-check
// A signature drawn by finger: strokes as whole numbers on a sheet of 1000 by 400, "x y x y;x y …", into the hidden field `ink`.
const INK_MOST = 11000; // characters; the server takes 12,000

function prepareInk() {
  /** @type {HTMLElement | null} */
  const box = document.querySelector(".ink");
  /** @type {HTMLInputElement | null} */
  const field = document.querySelector("form.ballot input[name=ink]");
  if (!box || !field || !window.PointerEvent) return;
  /** @type {HTMLCanvasElement} */
  const canvas = pick(box, "canvas");
  const pen = canvas.getContext("2d");
  if (pen) takeInk(box, field, pen);
}
/** @param {HTMLElement} box @param {HTMLInputElement} field @param {CanvasRenderingContext2D} pen */
function takeInk(box, field, pen) {
  const canvas = pen.canvas;
  let strokes = field.value ? field.value.split(";").map(function (stroke) { return stroke.split(" ").map(Number); }) : [];
  /** @type {number[] | null} */
  let current = null;
  box.hidden = false;

  function draw() {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 7;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = window.getComputedStyle(canvas).color;
    strokes.forEach(function (stroke) {
      pen.beginPath();
      pen.moveTo(stroke[0], stroke[1]);
      for (let at = 2; at < stroke.length; at += 2) pen.lineTo(stroke[at], stroke[at + 1]);
      if (stroke.length === 2) pen.lineTo(stroke[0] + 1, stroke[1]);
      pen.stroke();
    });
  }
  /** @param {PointerEvent} event */
  function point(event) {
    const frame = canvas.getBoundingClientRect();
    const x = Math.round((event.clientX - frame.left) / frame.width * 1000);
    const y = Math.round((event.clientY - frame.top) / frame.height * 400);
    return [Math.min(1000, Math.max(0, x)), Math.min(400, Math.max(0, y))];
  }
  function store() {
    field.value = strokes.map(function (stroke) { return stroke.join(" "); }).join(";");
    fireInput(field);
  }
  canvas.addEventListener("pointerdown", function (event) {
    if (field.value.length > INK_MOST) return;
    canvas.setPointerCapture(event.pointerId);
    current = point(event);
    strokes.push(current);
    draw();
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", function (event) {
    if (!current) return;
    const next = point(event);
    const far = Math.abs(next[0] - current[current.length - 2]) + Math.abs(next[1] - current[current.length - 1]);
    if (far < 6 || current.length > 800) return; // closer points add weight, not shape
    current.push(next[0], next[1]);
    draw();
  });
  ["pointerup", "pointercancel"].forEach(function (name) {
    canvas.addEventListener(name, function () {
      if (!current) return;
      current = null;
      while (strokes.map(function (stroke) { return stroke.join(" "); }).join(";").length > INK_MOST) strokes.pop();
      store();
      draw();
    });
  });
  pick(box, "[data-clear]").addEventListener("click", function () {
    strokes = [];
    store();
    draw();
  });
  draw();
}
