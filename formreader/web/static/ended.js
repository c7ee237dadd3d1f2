// The end of the program, on its page.

// What stood there is hidden, not removed: answers to it may still be on their way.
export function showEnded() {
  for (const part of document.body.children) part.hidden = true;
  const words = Object.assign(document.createElement("p"), { className: "ended" });
  words.textContent = "The program has ended. Close this page.";
  document.body.append(words);
}

export const hasEnded = () => document.querySelector(".ended") !== null;
