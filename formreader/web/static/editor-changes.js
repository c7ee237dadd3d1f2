// What can be done to a template: each changes the template given, and returns the keys to select where they changed.

import { areasOf, bounds } from "./editor-model.js";

const chosen = (template, keys) => areasOf(template).filter((one) => keys.has(one.key));

export function freshName(template, stem = "field") {
  const names = new Set([...template.fields, ...(template.rules ?? [])].map((one) => one.name));
  for (let n = 1; ; n += 1) if (!names.has(`${stem}_${n}`)) return `${stem}_${n}`;
}

// Move by whole pixels, as far as the page goes.
export function move(template, keys, dx, dy) {
  const areas = chosen(template, keys).map((one) => one.area);
  if (!areas.length) return;
  const box = bounds(areas);
  const x = Math.max(-box.left, Math.min(template.width - box.right, Math.round(dx)));
  const y = Math.max(-box.top, Math.min(template.height - box.bottom, Math.round(dy)));
  for (const area of areas) { area.left += x; area.right += x; area.top += y; area.bottom += y; }
}

// Stretch what is selected from the box `from` to the box `to`. A neighbour in the row that shares a wall goes along.
export function resize(template, keys, from, to) {
  const parts = chosen(template, keys);
  const least = 2 * parts.length;
  const box = {
    left: Math.max(0, to.left), top: Math.max(0, to.top),
    right: Math.min(template.width, to.right), bottom: Math.min(template.height, to.bottom),
  };
  if (box.right - box.left < least || box.bottom - box.top < 3) return;
  const across = (x) => Math.round(box.left + ((x - from.left) * (box.right - box.left)) / (from.right - from.left));
  const down = (y) => Math.round(box.top + ((y - from.top) * (box.bottom - box.top)) / (from.bottom - from.top));
  const fields = new Set(parts.map((one) => one.field));
  const others = areasOf(template).filter((one) => fields.has(one.field) && !keys.has(one.key)).map((one) => one.area);
  for (const area of others) {
    const beside = area.top < from.bottom && area.bottom > from.top;
    if (beside && area.right === from.left && area.left < box.left) area.right = box.left;
    if (beside && area.left === from.right && area.right > box.right) area.left = box.right;
  }
  for (const { area } of parts) {
    const next = { left: across(area.left), top: down(area.top), right: across(area.right), bottom: down(area.bottom) };
    if (next.right > next.left && next.bottom > next.top) Object.assign(area, next);
  }
}

// Each selected cell, or strip, becomes `count` cells side by side.
export function split(template, keys, count) {
  const selected = [];
  template.fields.forEach((field, f) => {
    if (field.strip && keys.has(`${f}.-1`)) {
      field.cells = inParts(field.strip, count);
      delete field.strip;
      selected.push(...field.cells.map((_, c) => `${f}.${c}`));
      return;
    }
    const cells = [];
    (field.cells ?? []).forEach((area, c) => {
      const parts = keys.has(`${f}.${c}`) ? inParts(area, count) : [area];
      if (parts.length > 1) parts.forEach((_, p) => selected.push(`${f}.${cells.length + p}`));
      cells.push(...parts);
    });
    if (field.cells) field.cells = cells;
  });
  return selected;
}

function inParts(area, count) {
  const wide = area.right - area.left;
  if (wide < count) return [area];
  const wall = (n) => area.left + Math.round((wide * n) / count);
  return Array.from({ length: count }, (_, n) => ({ ...area, left: wall(n), right: wall(n + 1) }));
}

// One field, the first of them, of all selected cells in reading order.
export function merge(template, keys) {
  const parts = chosen(template, keys).filter((one) => one.cell >= 0);
  if (!parts.length) return keys;
  const target = template.fields[parts[0].field];
  const kept = target.cells.filter((_, c) => !keys.has(`${parts[0].field}.${c}`));
  const cells = inReadingOrder([...kept, ...parts.map((one) => one.area)]);
  removeCells(template, new Set(parts.map((one) => one.key)), target);
  target.cells = cells;
  const f = template.fields.indexOf(target);
  return cells.map((_, c) => `${f}.${c}`);
}

// A field of its own, after the one they were in.
export function apart(template, keys) {
  const parts = chosen(template, keys).filter((one) => one.cell >= 0);
  if (!parts.length) return keys;
  const old = template.fields[parts.at(-1).field];
  if (parts.length === old.cells.length && parts.every((one) => template.fields[one.field] === old)) return keys;
  const field = { ...structuredClone(old), name: freshName(template), cells: inReadingOrder(parts.map((one) => one.area)) };
  delete field.strip;
  template.fields.splice(template.fields.indexOf(old) + 1, 0, field);
  const shifted = new Set(parts.map((one) => one.area));
  for (const one of template.fields) {
    if (one !== field && one.cells) one.cells = one.cells.filter((area) => !shifted.has(area));
  }
  template.fields = template.fields.filter((one) => !one.cells || one.cells.length);
  const f = template.fields.indexOf(field);
  return field.cells.map((_, c) => `${f}.${c}`);
}

// Delete cells and strips; a field goes with its last one, unless it is `spared`.
export function removeCells(template, keys, spared = null) {
  template.fields = template.fields.filter((field, f) => {
    if (field.strip && keys.has(`${f}.-1`)) return false;
    if (!field.cells) return true;
    field.cells = field.cells.filter((_, c) => !keys.has(`${f}.${c}`));
    return field.cells.length > 0 || field === spared;
  });
}

// The same again, below: a field for each field that cells are copied of.
export function copyBelow(template, keys) {
  const parts = chosen(template, keys);
  if (!parts.length) return keys;
  const box = bounds(parts.map((one) => one.area));
  const step = Math.min(box.bottom - box.top, template.height - box.bottom);
  const made = [...new Set(parts.map((one) => one.field))].map((f) => {
    const moved = parts.filter((one) => one.field === f).map(({ area }) => (
      { ...area, top: area.top + step, bottom: area.bottom + step }));
    const { strip, ...field } = structuredClone(template.fields[f]);
    return strip ? { ...field, strip: moved[0] } : { ...field, cells: moved };
  });
  return addFields(template, made);
}

// Append fields under fresh names; the keys of all their cells.
export function addFields(template, fields) {
  return fields.flatMap((field) => {
    template.fields.push({ ...field, name: freshName(template) });
    const f = template.fields.length - 1;
    return areasOf(template).filter((one) => one.field === f).map((one) => one.key);
  });
}

// A field's name, also where the rules speak of it.
export function rename(template, index, name) {
  const old = template.fields[index].name;
  const alone = template.fields.filter((field) => field.name === old).length === 1;
  template.fields[index].name = name;
  if (!alone || !name) return;
  for (const rule of template.rules ?? []) {
    for (const key of ["field", "equals", "running"]) if (rule[key] === old) rule[key] = name;
    for (const key of ["sum", "equal", "date"]) if (rule[key]) rule[key] = rule[key].map((one) => (one === old ? name : one));
  }
}

// Where a field's value stands: "cells", "strip" or "find".
export function place(template, index, where) {
  const { cells, strip, find: _, count, ...field } = template.fields[index];
  const middle = { left: 0, top: 0, right: Math.round(template.width / 3), bottom: Math.round(template.height / 20) };
  const box = strip ?? (cells?.length ? bounds(cells) : middle);
  const placed = {
    cells: () => ({ cells: cells ?? inParts(box, count ?? 2) }),
    strip: () => ({ strip: box }),
    find: () => ({ find: "comb", count: count ?? Math.max(2, cells?.length ?? 2) }),
  }[where]();
  template.fields[index] = { ...field, ...placed };
  return areasOf(template).filter((one) => one.field === index).map((one) => one.key);
}

export function shift(template, index, by) {
  const [field] = template.fields.splice(index, 1);
  template.fields.splice(index + by, 0, field);
  return areasOf(template).filter((one) => one.field === index + by).map((one) => one.key);
}

// Row by row, each from left to right.
function inReadingOrder(cells) {
  const rows = [];
  for (const cell of [...cells].sort((a, b) => a.top + a.bottom - b.top - b.bottom)) {
    const middle = (cell.top + cell.bottom) / 2;
    const row = rows.find(([first]) => first.top < middle && middle < first.bottom);
    if (row) row.push(cell); else rows.push([cell]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.left - b.left));
}
