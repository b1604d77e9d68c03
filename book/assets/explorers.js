// Moves the figures that lstm_course/explorers wrote: applies to one SVG what differs in the chosen frame.
for (const figure of document.querySelectorAll(".gx-explorer")) {
  const { sizes, slots, say, index } = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const svg = figure.querySelector(".gx-view > svg");
  const targets = slots.map(([path]) => (path ? path.split(".") : []).reduce((e, k) => e.children[k], svg));
  const controls = [...figure.querySelectorAll(".gx-slider input, .gx-choice")];
  const stop = c => +(c.tagName === "INPUT" ? c : c.querySelector("input:checked")).value;

  function update() {
    const frame = controls.reduce((k, control, j) => k * sizes[j] + stop(control), 0);
    slots.forEach(([, attribute, values, which], s) => {
      const value = values[which[frame]];
      if (attribute === "") targets[s].textContent = value;
      else if (attribute === "*") targets[s].innerHTML = value;
      else if (value === null) targets[s].removeAttribute(attribute);
      else targets[s].setAttribute(attribute, value);
    });
    for (const input of controls.filter(c => c.tagName === "INPUT")) {
      const text = JSON.parse(input.dataset.stops)[+input.value];
      input.setAttribute("aria-valuetext", text);
      input.nextElementSibling.textContent = text;
    }
    figure.querySelector(".gx-say").textContent = say[index[frame]];
    figure.dataset.frame = frame;
  }

  figure.addEventListener("input", update);
  figure.querySelector(".gx-reset").addEventListener("click", () => {
    for (const input of figure.querySelectorAll("input")) {
      input.value = input.defaultValue;
      input.checked = input.defaultChecked;
    }
    update();
  });
  figure.querySelector(".gx-controls").hidden = false;
  update();  // a browser that reloads a page may have kept the sliders where they were
}
