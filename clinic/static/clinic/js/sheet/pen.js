// With what is the graph drawn? Words, lines and shapes on the canvas; what they mean is in draw.js.

export function clip(brush, left, top, width, height) {
  brush.beginPath();
  brush.rect(left, top, width, height);
  brush.clip();
}

export function write(brush, text, x, y, color, align = "left") {
  brush.textAlign = align;
  brush.textBaseline = "alphabetic";
  brush.fillStyle = color;
  brush.fillText(text, x, y);
}

export function outlined(brush, text, x, y, color, page) {
  brush.lineJoin = "round";
  brush.strokeStyle = page;
  brush.lineWidth = 4;
  brush.textAlign = "left";
  brush.strokeText(text, x, y);
  write(brush, text, x, y, color);
}

export function fitting(brush, choices, x, y, width, color) {
  const text = choices.find((one) => brush.measureText(one).width <= width);
  if (text) write(brush, text, x, y, color);
}

export function line(brush, x1, y1, x2, y2, color, width) {
  brush.strokeStyle = color;
  brush.lineWidth = width;
  brush.beginPath();
  brush.moveTo(x1, y1);
  brush.lineTo(x2, y2);
  brush.stroke();
}

export function joined(brush, points, color) {
  brush.strokeStyle = color;
  brush.lineWidth = 1.25;
  brush.beginPath();
  points.forEach(([x, y], place) => (place ? brush.lineTo(x, y) : brush.moveTo(x, y)));
  brush.stroke();
}

export function bar(brush, x, reach, top, bottom, color) {
  line(brush, x, top, x, bottom, color, 1.25);
  brush.lineCap = "round";
  for (const y of [top, bottom]) line(brush, x - reach, y, x + reach, y, color, 2.5);
  brush.lineCap = "butt";
}

export function disc(brush, x, y, radius, fill, edge, width) {
  brush.beginPath();
  brush.arc(x, y, radius, 0, 2 * Math.PI);
  filled(brush, fill, edge, width);
}

export function square(brush, x, y, fill, edge) {
  brush.beginPath();
  brush.rect(x - 4.5, y - 4.5, 9, 9);
  filled(brush, fill, edge, 1.5);
}

export function lozenge(brush, x, y, reach, fill, edge) {
  polygon(brush, [[x, y - reach], [x + reach, y], [x, y + reach], [x - reach, y]]);
  filled(brush, fill, edge, 1);
}

export function octagon(brush, x, y, reach, fill) {
  const cut = reach * 0.42;
  polygon(brush, [[x - cut, y - reach], [x + cut, y - reach], [x + reach, y - cut], [x + reach, y + cut],
    [x + cut, y + reach], [x - cut, y + reach], [x - reach, y + cut], [x - reach, y - cut]]);
  filled(brush, fill, fill, 1);
}

export function slashed(brush, x, y, colors) {
  disc(brush, x, y, 4, colors.page, colors.edge, 1.5);
  line(brush, x - 2.5, y + 2.5, x + 2.5, y - 2.5, colors.edge, 1.5);
}

function polygon(brush, points) {
  brush.beginPath();
  points.forEach(([x, y], place) => (place ? brush.lineTo(x, y) : brush.moveTo(x, y)));
  brush.closePath();
}

function filled(brush, fill, edge, width) {
  brush.fillStyle = fill;
  brush.fill();
  brush.strokeStyle = edge;
  brush.lineWidth = width;
  brush.stroke();
}

export function block(brush, x, y, width, colors) {
  brush.fillStyle = colors.accentSoft;
  brush.fillRect(x, y, width, 26);
  brush.strokeStyle = colors.accent;
  brush.lineWidth = 1.25;
  brush.strokeRect(x, y, width, 26);
}
