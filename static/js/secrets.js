// A password can be shown while it is typed: a press of a button instead of typing it twice.
// The words come from the field; without script the field stays as it is.

for (const field of document.querySelectorAll("input[data-secret]")) {
  const button = document.createElement("button");
  const frame = document.createElement("span");
  const say = () => {
    const hidden = field.type === "password";
    button.textContent = hidden ? field.dataset.show : field.dataset.hide;
    button.setAttribute("aria-label", hidden ? field.dataset.showAloud : field.dataset.hideAloud);
  };
  frame.className = "secret";
  button.type = "button";
  button.className = "button button-second button-small";
  button.setAttribute("aria-controls", field.id);
  field.replaceWith(frame);
  frame.append(field, button);
  say();
  button.addEventListener("click", () => {
    field.type = field.type === "password" ? "text" : "password";
    say();
    field.focus();
  });
  // What goes to the server, and into the browser's memory of forms, is a password again.
  field.form?.addEventListener("submit", () => {
    field.type = "password";
    say();
  });
}
