// @ts-check
// ---- limits: the same tables and the same verdicts as analysis.limits.judge (tests/vectors/limits.json holds both to it) ----
/**
 * A limit as the server lays it out (LimitTable in analysis/limits.py), with its words.
 * @typedef {object} LimitTable
 * @property {string} rule
 * @property {"count" | "uniform" | "sum" | "distinct"} kind
 * @property {string} effect
 * @property {number[]} slots
 * @property {number[]} codes
 * @property {[number, number][]} bounds least and most, by how many are counted
 * @property {boolean} per whether only answered slots are counted
 * @property {number[]} weights of the codes, for a sum
 * @property {number} unit how many of a sum's units make a point
 * @property {string} range what the sum or mean of points must keep to, in words; "" where it is no such rule
 * @property {string} label
 * @property {string} text
 * @property {string} why
 *
 * @typedef {{ broken: boolean, found: number, least: number, most: number }} Verdict
 */
/** @param {LimitTable} table @param {number[]} marks by slot, 0 where open @returns {Verdict} */
function judge(table, marks) {
  const given = table.slots.map(function (slot) { return marks[slot] || 0; });
  const answered = given.filter(Boolean);
  if (table.kind === "count") {
    const bound = table.bounds[table.per ? answered.length : given.length];
    const found = answered.filter(function (code) { return table.codes.includes(code); }).length;
    return { broken: found < bound[0] || found > bound[1], found: found, least: bound[0], most: bound[1] };
  }
  if (table.kind === "uniform") {
    const least = table.bounds[0][0];
    const same = answered.length >= least && new Set(answered).size === 1 && table.codes.includes(answered[0]);
    return { broken: same, found: answered.length, least: least, most: table.bounds[0][1] };
  }
  if (table.kind === "sum") {
    const sum = given.reduce(function (total, code) { return total + table.weights[code]; }, 0);
    const range = table.bounds[0];
    return { broken: sum < range[0] || sum > range[1], found: sum, least: range[0], most: range[1] };
  }
  const doubled = answered.length - new Set(answered).size;
  return { broken: doubled > 0, found: doubled, least: 0, most: 0 };
}
/** @param {LimitTable} table @param {Verdict} verdict */
function line(table, verdict) {
  const must = table.effect === "refuse" ? "_must" : ""; // what may be sent as it is demands nothing
  if (table.range) return say(verdict.broken ? "range_broken" + must : "range_kept", { limit: table.range });
  const unit = table.unit || 1;
  const left = (verdict.most - verdict.found) / unit;
  const parts = { label: table.label, found: verdict.found / unit, least: verdict.least / unit, most: verdict.most / unit,
    left: left, change: -left };
  if (table.kind === "sum") {
    return say(left < 0 ? "sum_over" + must : verdict.broken ? "sum_left" : "sum_done", parts);
  }
  if (table.kind !== "count") return verdict.broken ? say(table.kind + (table.kind === "uniform" ? must : ""), parts) : "";
  if (left < 0) return say("over", parts);
  if (verdict.found < verdict.least) return say("under", parts);
  if (verdict.most >= table.slots.length) return verdict.least ? say("enough", parts) : "";
  return say(left ? "room" : "full", parts);
}
