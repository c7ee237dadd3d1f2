// One thing at a time: what brings another question to the screen waits for what was begun before. Meanwhile no answer
// counts: it would meet another question than the one that it was meant for.

let last = Promise.resolve();
let waiting = 0;
let tell = () => {};

// Do `action` when its turn comes; resolves when it is done, also where it failed.
export function inTurn(action) {
  waiting += 1;
  document.body.dataset.busy = waiting;
  last = last.then(() => action()).catch((error) => tell(error.message)).finally(() => {
    waiting -= 1;
    if (!waiting) delete document.body.dataset.busy;
  });
  return last;
}

export function busy() { return waiting > 0; }

export function onFailure(listener) { tell = listener; }
